#include "backend_c/runtime/test_support.h"

#include <cstddef>

using namespace weft::runtime::test;

namespace {

weft_type Named(const char* name) {
  weft_type type = {};
  type.name = name;
  return type;
}

Error memory_error_object = {WEFT_FROZEN_HEADER(kError, 0), nullptr};
weft_object* memory_error = &memory_error_object.header;

}  // namespace

const weft_type weft_types[] = {
    {}, Named("str"), Named("array<u8>"), Named("array<str>"), Named("weft::ValueError")};
const uint32_t weft_type_count = kTypeCount;
const uint32_t weft_str_type_id = kStr;
const uint32_t weft_args_type_id = kArgs;
const uint32_t weft_exception_message_offset = offsetof(Error, message);
weft_object** const weft_memory_error_slot = &memory_error;
weft_object** const weft_stack_overflow_slot = nullptr;
