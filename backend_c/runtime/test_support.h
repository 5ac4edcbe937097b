#ifndef WEFT_BACKEND_C_RUNTIME_TEST_SUPPORT_H_
#define WEFT_BACKEND_C_RUNTIME_TEST_SUPPORT_H_

// Objects for the tests of the run time, made without a collector.

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "backend_c/runtime/runtime.h"

namespace weft::runtime::test {

enum TypeId : uint32_t { kNoType, kStr, kBytes, kArgs, kError, kTypeCount };

struct Error {
  weft_object header;
  weft_str* message;
};

// A string that nobody frees.
inline weft_str* MakeStr(std::string_view text) {
  weft_str* string = static_cast<weft_str*>(std::calloc(1, sizeof(weft_str) + text.size()));
  string->header.type_id = kStr;
  string->length = static_cast<int64_t>(text.size());
  std::memcpy(string->bytes, text.data(), text.size());
  return string;
}

inline weft_array* MakeBytes(size_t length) {
  weft_array* array = static_cast<weft_array*>(std::calloc(1, sizeof(weft_array) + length));
  array->header.type_id = kBytes;
  array->length = static_cast<int64_t>(length);
  return array;
}

inline std::string TextOf(weft_array* array, int64_t length) {
  return std::string(reinterpret_cast<char*>(array) + sizeof(weft_array),
                     static_cast<size_t>(length));
}

inline Error* MakeError(std::string_view message) {
  Error* error = static_cast<Error*>(std::calloc(1, sizeof(Error)));
  error->header.type_id = kError;
  error->message = MakeStr(message);
  return error;
}

}  // namespace weft::runtime::test

#endif  // WEFT_BACKEND_C_RUNTIME_TEST_SUPPORT_H_
