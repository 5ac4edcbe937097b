#include "backend_jvm/listing.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "backend_jvm/code.h"

namespace weft::backend_jvm {

namespace {

// By opcode, from 0 on.
constexpr std::string_view kMnemonics[] = {"nop",           "aconst_null",  "iconst_m1",
                                           "iconst_0",      "iconst_1",     "iconst_2",
                                           "iconst_3",      "iconst_4",     "iconst_5",
                                           "lconst_0",      "lconst_1",     "fconst_0",
                                           "fconst_1",      "fconst_2",     "dconst_0",
                                           "dconst_1",      "bipush",       "sipush",
                                           "ldc",           "ldc_w",        "ldc2_w",
                                           "iload",         "lload",        "fload",
                                           "dload",         "aload",        "iload_0",
                                           "iload_1",       "iload_2",      "iload_3",
                                           "lload_0",       "lload_1",      "lload_2",
                                           "lload_3",       "fload_0",      "fload_1",
                                           "fload_2",       "fload_3",      "dload_0",
                                           "dload_1",       "dload_2",      "dload_3",
                                           "aload_0",       "aload_1",      "aload_2",
                                           "aload_3",       "iaload",       "laload",
                                           "faload",        "daload",       "aaload",
                                           "baload",        "caload",       "saload",
                                           "istore",        "lstore",       "fstore",
                                           "dstore",        "astore",       "istore_0",
                                           "istore_1",      "istore_2",     "istore_3",
                                           "lstore_0",      "lstore_1",     "lstore_2",
                                           "lstore_3",      "fstore_0",     "fstore_1",
                                           "fstore_2",      "fstore_3",     "dstore_0",
                                           "dstore_1",      "dstore_2",     "dstore_3",
                                           "astore_0",      "astore_1",     "astore_2",
                                           "astore_3",      "iastore",      "lastore",
                                           "fastore",       "dastore",      "aastore",
                                           "bastore",       "castore",      "sastore",
                                           "pop",           "pop2",         "dup",
                                           "dup_x1",        "dup_x2",       "dup2",
                                           "dup2_x1",       "dup2_x2",      "swap",
                                           "iadd",          "ladd",         "fadd",
                                           "dadd",          "isub",         "lsub",
                                           "fsub",          "dsub",         "imul",
                                           "lmul",          "fmul",         "dmul",
                                           "idiv",          "ldiv",         "fdiv",
                                           "ddiv",          "irem",         "lrem",
                                           "frem",          "drem",         "ineg",
                                           "lneg",          "fneg",         "dneg",
                                           "ishl",          "lshl",         "ishr",
                                           "lshr",          "iushr",        "lushr",
                                           "iand",          "land",         "ior",
                                           "lor",           "ixor",         "lxor",
                                           "iinc",          "i2l",          "i2f",
                                           "i2d",           "l2i",          "l2f",
                                           "l2d",           "f2i",          "f2l",
                                           "f2d",           "d2i",          "d2l",
                                           "d2f",           "i2b",          "i2c",
                                           "i2s",           "lcmp",         "fcmpl",
                                           "fcmpg",         "dcmpl",        "dcmpg",
                                           "ifeq",          "ifne",         "iflt",
                                           "ifge",          "ifgt",         "ifle",
                                           "if_icmpeq",     "if_icmpne",    "if_icmplt",
                                           "if_icmpge",     "if_icmpgt",    "if_icmple",
                                           "if_acmpeq",     "if_acmpne",    "goto",
                                           "jsr",           "ret",          "tableswitch",
                                           "lookupswitch",  "ireturn",      "lreturn",
                                           "freturn",       "dreturn",      "areturn",
                                           "return",        "getstatic",    "putstatic",
                                           "getfield",      "putfield",     "invokevirtual",
                                           "invokespecial", "invokestatic", "invokeinterface",
                                           "invokedynamic", "new",          "newarray",
                                           "anewarray",     "arraylength",  "athrow",
                                           "checkcast",     "instanceof",   "monitorenter",
                                           "monitorexit",   "wide",         "multianewarray",
                                           "ifnull",        "ifnonnull",    "goto_w"};
static_assert(std::size(kMnemonics) == goto_w + 1);

// The bytes of a Code attribute's body, read in order.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  uint32_t U1() { return static_cast<uint8_t>(bytes_[at_++]); }
  uint32_t U2() {
    uint32_t high = U1();
    return high << 8 | U1();
  }
  uint32_t U4() {
    uint32_t high = U2();
    return high << 16 | U2();
  }
  size_t at() const { return at_; }
  void Skip(size_t count) { at_ += count; }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
};

// max_stack, max_locals and code_length stand before the instructions.
constexpr size_t kCodeStart = 8;

void Instruction(const ConstantPool& pool, Reader& in, std::string* out) {
  size_t here = in.at() - kCodeStart;
  uint32_t op = in.U1();
  *out += fmt::format("{:8}: {}", here, op <= goto_w ? kMnemonics[op] : "?");
  auto target = [&](int64_t distance) { return static_cast<int64_t>(here) + distance; };
  auto named = [&](uint32_t index) {
    *out += fmt::format(" {}", pool.Describe(static_cast<uint16_t>(index)));
  };
  if (op == bipush) {
    *out += fmt::format(" {}", static_cast<int8_t>(in.U1()));
  } else if (op == sipush) {
    *out += fmt::format(" {}", static_cast<int16_t>(in.U2()));
  } else if (op == ldc) {
    named(in.U1());
  } else if (op == ldc_w || op == ldc2_w || (op >= getstatic && op <= invokestatic) || op == new_ ||
             op == anewarray || op == checkcast || op == instanceof_) {
    named(in.U2());
  } else if (op == invokeinterface) {
    named(in.U2());
    in.Skip(2);
  } else if ((op >= iload && op <= aload) || (op >= istore && op <= istore + 4) || op == newarray) {
    *out += fmt::format(" {}", in.U1());
  } else if (op == wide_) {
    uint32_t inner = in.U1();
    *out += fmt::format(" {} {}", kMnemonics[inner], in.U2());
  } else if ((op >= ifeq && op <= goto_) || op == ifnull || op == ifnonnull) {
    *out += fmt::format(" {}", target(static_cast<int16_t>(in.U2())));
  } else if (op == goto_w) {
    *out += fmt::format(" {}", target(static_cast<int32_t>(in.U4())));
  } else if (op == tableswitch || op == lookupswitch) {
    while ((in.at() - kCodeStart) % 4 != 0) in.Skip(1);
    int64_t otherwise = target(static_cast<int32_t>(in.U4()));
    auto first = static_cast<int32_t>(in.U4());
    int64_t count = op == tableswitch ? int64_t{static_cast<int32_t>(in.U4())} - first + 1 : first;
    for (int64_t i = 0; i < count; ++i) {
      int64_t value = op == tableswitch ? first + i : static_cast<int32_t>(in.U4());
      *out += fmt::format("{}{}: {}", i == 0 ? " " : ", ", value,
                          target(static_cast<int32_t>(in.U4())));
    }
    *out += fmt::format(", else: {}", otherwise);
  }
  *out += '\n';
}

std::string Words(uint16_t access) {
  std::string words;
  if ((access & kPublic) != 0) words += "public ";
  if ((access & kPrivate) != 0) words += "private ";
  if ((access & kStatic) != 0) words += "static ";
  if ((access & kFinal) != 0) words += "final ";
  if ((access & kTransient) != 0) words += "transient ";
  if ((access & kAbstract) != 0) words += "abstract ";
  return words;
}

}  // namespace

std::string Listing(const ClassFile& file) {
  bool is_interface = (file.access & kInterface) != 0;
  std::string text = fmt::format("{}{} {} extends {}", Words(file.access),
                                 is_interface ? "interface" : "class", file.name, file.super);
  for (const std::string& interface : file.interfaces) text += " implements " + interface;
  if (!file.source_file.empty()) text += fmt::format(" from {}", file.source_file);
  text += '\n';
  for (const FieldEntry& field : file.fields) {
    text += fmt::format("  {}{} {}\n", Words(field.access), field.descriptor, field.name);
  }
  for (const MethodEntry& method : file.methods) {
    text += fmt::format("\n  {}{}{}\n", Words(method.access), method.name, method.descriptor);
    if (method.code.empty()) continue;
    Reader in(method.code);
    uint32_t stack = in.U2();
    uint32_t locals = in.U2();
    size_t length = in.U4();
    text += fmt::format("    stack {}, locals {}, {} bytes\n", stack, locals, length);
    while (in.at() < kCodeStart + length) Instruction(file.pool, in, &text);
  }
  return text;
}

}  // namespace weft::backend_jvm
