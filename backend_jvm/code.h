#ifndef WEFT_BACKEND_JVM_CODE_H_
#define WEFT_BACKEND_JVM_CODE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backend_jvm/class_file.h"

// The code of one method. Instructions are appended in order; the builder follows what they do to
// the operand stack and to locals, and writes a stack map frame wherever a jump or a handler leads.
namespace weft::backend_jvm {

// What the verifier knows of a local or of an operand.
struct VerifierType {
  enum Tag : uint8_t { kTop, kInt, kFloat, kDouble, kLong, kNull, kUninitThis, kObject };
  Tag tag = kTop;
  // Object: index of the class in the constant pool.
  uint16_t cls = 0;

  bool is_wide() const { return tag == kLong || tag == kDouble; }
  friend bool operator==(const VerifierType&, const VerifierType&) = default;
};

inline constexpr VerifierType kIntType{VerifierType::kInt, 0};
inline constexpr VerifierType kLongType{VerifierType::kLong, 0};
inline constexpr VerifierType kFloatType{VerifierType::kFloat, 0};
inline constexpr VerifierType kDoubleType{VerifierType::kDouble, 0};
inline constexpr VerifierType kNullType{VerifierType::kNull, 0};

// The instructions used by name; the others are loads, stores and constants.
enum Op : uint8_t {
  aconst_null = 1,
  iconst_0 = 3,
  lconst_0 = 9,
  fconst_0 = 11,
  dconst_0 = 14,
  bipush = 16,
  sipush = 17,
  ldc = 18,
  ldc_w = 19,
  ldc2_w = 20,
  iload = 21,
  lload = 22,
  fload = 23,
  dload = 24,
  aload = 25,
  iaload = 46,
  laload = 47,
  faload = 48,
  daload = 49,
  aaload = 50,
  baload = 51,
  caload = 52,
  saload = 53,
  istore = 54,
  iastore = 79,
  lastore = 80,
  fastore = 81,
  dastore = 82,
  aastore = 83,
  bastore = 84,
  castore = 85,
  sastore = 86,
  pop = 87,
  pop2 = 88,
  dup = 89,
  dup_x1 = 90,
  dup_x2 = 91,
  dup2 = 92,
  swap_ = 95,
  iadd = 96,
  ladd = 97,
  fadd = 98,
  dadd = 99,
  isub = 100,
  lsub = 101,
  fsub = 102,
  dsub = 103,
  imul = 104,
  lmul = 105,
  fmul = 106,
  dmul = 107,
  idiv = 108,
  ldiv_ = 109,
  fdiv = 110,
  ddiv = 111,
  irem = 112,
  lrem = 113,
  frem = 114,
  drem_ = 115,
  ineg = 116,
  lneg = 117,
  fneg = 118,
  dneg = 119,
  ishl = 120,
  lshl = 121,
  ishr = 122,
  lshr = 123,
  iushr = 124,
  lushr = 125,
  iand = 126,
  land = 127,
  ior = 128,
  lor = 129,
  ixor = 130,
  lxor = 131,
  i2l = 133,
  i2f = 134,
  i2d = 135,
  l2i = 136,
  l2f = 137,
  l2d = 138,
  f2i = 139,
  f2l = 140,
  f2d = 141,
  d2i = 142,
  d2l = 143,
  d2f = 144,
  i2b = 145,
  i2c = 146,
  i2s = 147,
  lcmp = 148,
  fcmpl = 149,
  fcmpg = 150,
  dcmpl = 151,
  dcmpg = 152,
  ifeq = 153,
  ifne = 154,
  iflt = 155,
  ifge = 156,
  ifgt = 157,
  ifle = 158,
  if_icmpeq = 159,
  if_icmpne = 160,
  if_icmplt = 161,
  if_icmpge = 162,
  if_icmpgt = 163,
  if_icmple = 164,
  if_acmpeq = 165,
  if_acmpne = 166,
  goto_ = 167,
  tableswitch = 170,
  lookupswitch = 171,
  ireturn = 172,
  lreturn = 173,
  freturn = 174,
  dreturn = 175,
  areturn = 176,
  return_ = 177,
  getstatic = 178,
  putstatic = 179,
  getfield = 180,
  putfield = 181,
  invokevirtual = 182,
  invokespecial = 183,
  invokestatic = 184,
  invokeinterface = 185,
  new_ = 187,
  newarray = 188,
  anewarray = 189,
  arraylength = 190,
  athrow = 191,
  checkcast = 192,
  instanceof_ = 193,
  wide_ = 196,
  ifnull = 198,
  ifnonnull = 199,
  goto_w = 200,
};

// Labels from this number on are a space of their own, for code that does not know what labels its
// surroundings use.
inline constexpr uint32_t kOwnLabels = 1u << 30;

class Code {
 public:
  // `wide`: every jump reaches as far as it must. A method is written with short ones first, and
  // again if it has become too long for them (`needs_wide`).
  Code(ConstantPool& pool, bool wide) : pool_(pool), wide_(wide) {}

  ConstantPool& pool() { return pool_; }
  VerifierType Object(std::string_view internal_name) {
    return {VerifierType::kObject, pool_.Class(internal_name)};
  }
  // The type of a value with this field descriptor.
  VerifierType TypeOf(std::string_view descriptor);

  // A parameter, in order, before any instruction.
  void Parameter(VerifierType type);

  // ---- Instructions. An Op that takes `pops` values and leaves at most one.
  void Emit(Op op, int pops) { Emit(op, pops, {}); }
  void Emit(Op op, int pops, VerifierType result);
  void Load(VerifierType type, uint32_t slot);
  void Store(VerifierType type, uint32_t slot);
  void PushInt(int32_t value);
  void PushLong(int64_t value);
  void PushFloat(uint32_t bits);
  void PushDouble(uint64_t bits);
  void PushNull();
  // Zero or null, of the type with this descriptor; nothing for V.
  void PushZero(std::string_view descriptor);
  void PushString(std::string_view text);
  void Pop();
  void Dup();
  // Two values of one slot each.
  void Swap();
  // The same, with a copy of the upper one below the other.
  void DupUnder();
  void GetStatic(std::string_view owner, std::string_view name, std::string_view descriptor);
  void PutStatic(std::string_view owner, std::string_view name, std::string_view descriptor);
  void GetField(std::string_view owner, std::string_view name, std::string_view descriptor);
  void PutField(std::string_view owner, std::string_view name, std::string_view descriptor);
  void Invoke(Op op, std::string_view owner, std::string_view name, std::string_view descriptor);
  void InvokeStatic(std::string_view owner, std::string_view name, std::string_view descriptor) {
    Invoke(invokestatic, owner, name, descriptor);
  }
  void New(std::string_view cls);
  // new, dup, the constructor without parameters.
  void NewObject(std::string_view cls);
  // The array type of elements with this descriptor; the length is on the stack.
  void NewArray(std::string_view element);
  void CheckCast(std::string_view cls);
  void InstanceOf(std::string_view cls);
  void Return(std::string_view descriptor);
  void Throw();
  // The value on the stack has this type from here on, which the verifier accepts for it.
  void Retype(VerifierType type) { stack_.back() = type; }

  // ---- Control.
  void Jump(uint32_t label);
  void Branch(Op op, int pops, uint32_t label);
  // An int is on the stack; targets has one more than cases.
  void Switch(const std::vector<int32_t>& cases, const std::vector<uint32_t>& targets);
  // The locals are what `locals` says (by slot), and the operand stack what `stack` says.
  void Place(uint32_t label, std::vector<VerifierType> locals, std::vector<VerifierType> stack);
  // As the first jump there left them.
  void PlaceInner(uint32_t label);
  void Handle(size_t start, size_t end, uint32_t handler);

  void Line(uint32_t line);

  size_t position() const { return code_.size(); }
  bool is_reachable() const { return is_reachable_; }
  bool needs_wide() const { return needs_wide_; }
  const std::vector<VerifierType>& locals() const { return locals_; }
  const std::vector<VerifierType>& stack() const { return stack_; }

  // The body of the Code attribute. Valid when the code is shorter than 65,536 bytes.
  std::string Finish();

 private:
  struct Frame {
    size_t position = 0;
    std::vector<VerifierType> locals;
    std::vector<VerifierType> stack;
  };
  struct LabelInfo {
    bool placed = false;
    bool used = false;
    bool has_state = false;
    Frame state;
  };
  struct Fixup {
    size_t instruction;
    size_t at;
    bool is_wide;
    uint32_t label;
  };
  struct Range {
    size_t start;
    size_t end;
    uint32_t handler;
  };

  LabelInfo& InfoOf(uint32_t label);
  void Use(uint32_t label);
  void Push(VerifierType type);
  void PopValues(int count);
  void Reference(Op op, uint16_t index) {
    code_.U1(op);
    code_.U2(index);
  }
  void WriteFrames(Bytes* out);
  void WriteType(VerifierType type, Bytes* out) const;

  ConstantPool& pool_;
  bool wide_;
  bool needs_wide_ = false;
  Bytes code_;
  bool is_reachable_ = true;
  std::vector<VerifierType> initial_;
  std::vector<VerifierType> locals_;
  std::vector<VerifierType> stack_;
  uint32_t depth_ = 0;
  uint32_t max_stack_ = 0;
  uint32_t max_locals_ = 0;
  std::vector<LabelInfo> labels_;
  // Those from kOwnLabels on.
  std::vector<LabelInfo> own_labels_;
  // Behind the branches around long jumps.
  std::vector<Frame> behind_branches_;
  std::vector<Fixup> fixups_;
  std::vector<Range> ranges_;
  // Pairs of position and line.
  std::vector<std::pair<size_t, uint32_t>> lines_;
};

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_CODE_H_
