#include "backend_jvm/method_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <optional>

#include "backend_common/stack_code.h"
#include "backend_jvm/code.h"
#include "backend_jvm/externals.h"
#include "backend_jvm/host.h"
#include "common/check.h"

namespace weft::backend_jvm {

using backend_common::Label;
using backend_common::LiveLocal;
using backend_common::StackEmitter;
using backend_common::StackPlan;
using backend_common::StackWriter;
using flowgraph::Constant;
using flowgraph::FunctionInfo;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

namespace {

// Narrow integers are ints that lie in the range of their type.
bool IsWideInt(TypeKind kind) { return kind == TypeKind::kI64 || kind == TypeKind::kU64; }
bool IsNarrow(TypeKind kind) {
  return kind == TypeKind::kI8 || kind == TypeKind::kU8 || kind == TypeKind::kI16 ||
         kind == TypeKind::kU16;
}

char Letter(TypeKind kind) {
  if (IsWideInt(kind)) return 'J';
  if (kind == TypeKind::kF32) return 'F';
  if (kind == TypeKind::kF64) return 'D';
  return IsInt(kind) ? 'I' : 'A';
}

// A switch with more cases is written in two steps.
constexpr size_t kLargestTable = 16;

class MethodWriter : public StackEmitter {
 public:
  // `constants`: those of an interpreter loop, may be null.
  MethodWriter(Types& types, const backend_common::PlaceNames& names, const FunctionInfo& function,
               const StackPlan& plan, const LoopConstants* constants, Code& code,
               PlaceTable& places, Needs& needs)
      : types_(types),
        program_(types.program()),
        names_(names),
        function_(function),
        plan_(plan),
        graph_(plan.graph),
        constants_(constants),
        code_(code),
        places_(places),
        needs_(needs) {
    AssignSlots();
    loop_ = FindInterpreterLoop(program_, function, plan);
    // Instructions in an array of numbers; not in a string, for instance.
    if (loop_ && StackDescriptor(graph_.type(loop_->code)).size() != 2) loop_.reset();
  }

  // A switch at the method's beginning, for the sake of HotSpot.
  //
  // A method that loops is compiled by the first compiler after 60,000 rounds, and by the
  // optimising one after 40,000 more that it counted. One that was called 400 times is counted from
  // then on while it still runs in the interpreter, and what has had its 40,000 rounds there is
  // compiled with optimisation at once. So when a loop begins, its method is called 600 times and
  // returns (WriteLoopBegin).
  //
  // And when HotSpot has compiled a loop, it compiles the method as well, in case it is called
  // again; for an interpreter loop, which is called once, the optimising compiler is busy for up to
  // 0.2 s with that. It ends where a switch was never seen to go.
  void BeginLoop(const std::string& descriptor) {
    if (loop_) {
      Label begin = FreshLabel();
      Label returns = FreshLabel();
      never_ = FreshLabel();
      std::string result = descriptor.substr(descriptor.find(')') + 1);
      code_.GetStatic(kPinClass, kEntryField, "I");
      code_.Switch({kEntryBegins, kEntryReturns}, {begin, returns, never_});
      code_.PlaceInner(returns);
      code_.PushZero(result);
      code_.Return(result);
      code_.PlaceInner(begin);
    }
    if (constants_ != nullptr) {
      other_ = FreshLabel();
      constants_->WriteCheck(code_, other_);
    }
    if (!loop_) return;
    code_.PushNull();
    code_.Retype(TypeOfCode());
    code_.Store(TypeOfCode(), CallerSlot());
    code_.PushInt(0);
    code_.Store(kIntType, CallerSlot() + 1);
  }

  // The code of the entry to an interpreter loop, behind everything else. What the run time has to
  // know of the loop; none if it has no entry.
  std::optional<LoopInfo> FinishLoop(const MethodRef& method) {
    if (constants_ != nullptr) {
      code_.PlaceInner(other_);
      for (const auto& local : plan_.locals) {
        if (local.is_parameter) Load(&local - plan_.locals.data(), local.type);
      }
      code_.InvokeStatic(constants_->others_class(), method.name, method.descriptor);
      code_.Return(method.descriptor.substr(method.descriptor.find(')') + 1));
    }
    if (!loop_) return std::nullopt;
    code_.PlaceInner(never_);
    code_.PushNull();
    code_.Emit(athrow, 1);
    loop_labels_.head = loop_->head.index;
    if (!loop_labels_.call && !loop_labels_.jump) {
      if (loop_labels_.begin) {
        code_.Place(*loop_labels_.begin, Frame(head_locals_), {});
        code_.Jump(loop_labels_.head);
      }
      return std::nullopt;
    }
    LoopInfo info;
    info.frame = fmt::format("{}$Loop{}", method.owner, needs_.loops.size());
    info.owner = method.owner;
    info.method = method.name;
    info.descriptor = method.descriptor;
    info.head = head_position_;
    info.code_slot = slots_[plan_.value(loop_->code).local];
    info.next_slot = slots_[plan_.value(loop_->next).local];
    info.caller_slot = CallerSlot();
    for (auto [value, position] : promoted_) {
      auto slot_of = [&](size_t argument) {
        return slots_[plan_.value(graph_.block(loop_->head).args[argument]).local];
      };
      size_t argument = *HeadArgumentOf(program_, *loop_, value, plan_);
      info.promoted.push_back({position, slot_of(argument)});
      if (info.promoted.size() > 1) continue;
      info.known.push_back(slot_of(argument));
      for (size_t other : HeadArgumentsFrom(program_, *loop_, argument, plan_)) {
        info.known.push_back(slot_of(other));
      }
    }
    std::vector<bool> is_variable(plan_.locals.size(), false);
    for (ValueId arg : graph_.block(loop_->head).args) {
      if (plan_.value(arg).form == backend_common::ValuePlan::Form::kLocal) {
        is_variable[plan_.value(arg).local] = true;
      }
    }
    for (const LiveLocal& local : head_locals_) {
      info.locals.push_back(
          {slots_[local.local], StackDescriptor(local.type), is_variable[local.local]});
    }
    if (loop_labels_.begin) {
      WriteLoopBegin(info, loop_labels_, Frame(head_locals_), code_);
    }
    info.entry = code_.position();
    loop_labels_.enter = FreshLabel();
    loop_labels_.done = FreshLabel();
    WriteLoopEntries(info, loop_labels_, Frame(head_locals_), code_);
    return info;
  }

  // ---- Values.

  void Load(uint32_t local, TypeId type) override {
    code_.Load(types_.StackType(type, code_), slots_[local]);
  }
  void Store(uint32_t local, TypeId type) override {
    code_.Store(types_.StackType(type, code_), slots_[local]);
  }
  void Pop(TypeId) override { code_.Pop(); }

  void Constant(TypeId type, const flowgraph::Constant& constant) override {
    switch (constant.kind) {
      case flowgraph::Constant::Kind::kScalar:
        Scalar(types_.Kind(type), constant.bits);
        return;
      case flowgraph::Constant::Kind::kFunction: {
        FieldRef ref = types_.FunctionObject(type, FunctionId(constant.bits));
        code_.GetStatic(ref.owner, ref.name, ref.descriptor);
        return;
      }
      case flowgraph::Constant::Kind::kFrozen: {
        if (constants_ != nullptr && constants_->IsOne(constant)) {
          FieldRef ref = constants_->Field(constant);
          code_.GetStatic(ref.owner, ref.name, ref.descriptor);
          return;
        }
        FrozenId id(constant.bits);
        FieldRef ref = types_.Frozen(id);
        code_.GetStatic(ref.owner, ref.name, ref.descriptor);
        CastBetween(program_.frozen[id.index].container, program_.types.Container(type));
        code_.Retype(types_.StackType(type, code_));
        return;
      }
      default:
        code_.PushNull();
        return;
    }
  }

  void Cast(TypeId from, TypeId to) override {
    CastBetween(program_.types.Container(from), program_.types.Container(to));
    code_.Retype(types_.StackType(to, code_));
  }

  // ---- Operations.

  bool PushOperand(StackWriter& writer, const Operation& op, size_t operand) override {
    if (IsIndex(op, operand)) return PushIndex(writer, op.args[operand]);
    switch (op.opcode) {
      case Opcode::kEq:
      case Opcode::kNe:
      case Opcode::kLt:
      case Opcode::kLe:
      case Opcode::kGt:
      case Opcode::kGe:
        // Comparisons with zero and null have instructions of their own.
        return operand == 1 && IsZeroCompare(op);
      case Opcode::kShl:
      case Opcode::kShr:
        if (operand == 1 && graph_.IsConstant(op.args[1])) {
          TypeKind kind = KindOf(op.args[1]);
          code_.PushInt(static_cast<int32_t>(flowgraph::ConstantInt(graph_, op.args[1])) &
                        (BitWidth(kind) - 1));
          return true;
        }
        return false;
      default:
        return false;
    }
  }

  void AfterOperand(const Operation& op, size_t operand) override {
    switch (op.opcode) {
      case Opcode::kGetItem:
      case Opcode::kSetItem:
        if (operand == 0) Bytes(ContainerId(op.imm));
        if (operand != 1) return;
        if (!index_is_int_) code_.Emit(l2i, 1, kIntType);
        index_is_int_ = false;
        if (types_.ItemsOf(ContainerId(op.imm)) == Items::kObjects) {
          code_.Emit(aaload, 2, code_.Object(types_.OwnClass(ContainerId(op.imm))));
        }
        return;
      case Opcode::kCopyItems:
      case Opcode::kItemsEqual:
      case Opcode::kItemsCompare:
        if (operand == 0 || operand == 2) Bytes(program_.types.Container(TypeOf(op.args[operand])));
        if (operand == 1 || operand == 3 || operand == 4) {
          if (!index_is_int_) code_.Emit(l2i, 1, kIntType);
          index_is_int_ = false;
        }
        return;
      case Opcode::kShl:
      case Opcode::kShr:
        if (operand == 1 && !graph_.IsConstant(op.args[1]) && IsWideInt(KindOf(op.args[1]))) {
          code_.Emit(l2i, 1, kIntType);
        }
        return;
      case Opcode::kLt:
      case Opcode::kLe:
      case Opcode::kGt:
      case Opcode::kGe: {
        // Unsigned numbers in the order of signed ones.
        TypeKind kind = KindOf(op.args[0]);
        if (kind == TypeKind::kU32) {
          code_.PushInt(INT32_MIN);
          code_.Emit(iadd, 2, kIntType);
        } else if (kind == TypeKind::kU64) {
          code_.PushLong(INT64_MIN);
          code_.Emit(ladd, 2, kLongType);
        }
        return;
      }
      default:
        return;
    }
  }

  void Operate(const Operation& op) override;

  // Code for code may be made for one value here (see LoopInfo). It leaves a jump to what follows,
  // for then there is a frame: other values go there.
  void Promoted(const Operation& op) override {
    if (!loop_ || !HeadArgumentOf(program_, *loop_, op.result, plan_)) return;
    promoted_.emplace_back(op.result, code_.position());
    Label follows = FreshLabel();
    code_.Dup();
    code_.Branch(ifnull, 1, follows);
    code_.PlaceInner(follows);
  }

  void TupleArrived(TypeId, bool first_is_wanted) override {
    if (!first_is_wanted) code_.Pop();
  }

  void TupleElement(TypeId tuple, size_t element) override {
    if (element == 0) return;
    TypeId type = program_.types.List(tuple)[element];
    char letter = Letter(types_.Kind(type));
    code_.GetStatic(kResultsClass, ResultName(tuple, element),
                    letter == 'A' ? "Ljava/lang/Object;" : std::string(1, letter));
    if (letter == 'A') CheckCast(types_.Descriptor(type));
  }

  // ---- Control.

  void Place(Label label, const std::vector<LiveLocal>& live) override {
    if (loop_ && label == loop_->head.index) {
      head_position_ = code_.position();
      head_locals_ = live;
    }
    code_.Place(label, Frame(live), {});
    if (loop_ && label == loop_->head.index) {
      // Who calls, should this be a call. Compilers find that it is needed nowhere else.
      Load(plan_.value(loop_->code).local, TypeOf(loop_->code));
      code_.Store(TypeOfCode(), CallerSlot());
      Load(plan_.value(loop_->next).local, TypeOf(loop_->next));
      code_.Store(kIntType, CallerSlot() + 1);
    }
  }
  Label TargetOf(const flowgraph::Link& link) override {
    // What comes before the head is the way into the loop.
    if (!loop_ || link.target != loop_->head) return link.target.index;
    if (head_locals_.empty()) {
      if (!loop_labels_.begin) loop_labels_.begin = FreshLabel();
      return *loop_labels_.begin;
    }
    Way way = WayOf(program_, *loop_, link, plan_);
    if (way == Way::kOther) return link.target.index;
    std::optional<Label>& label = way == Way::kCall ? loop_labels_.call : loop_labels_.jump;
    if (!label) label = FreshLabel();
    return *label;
  }
  void PlaceInner(Label label) override { code_.PlaceInner(label); }
  void Jump(Label label) override { code_.Jump(label); }
  void BranchIf(bool when, Label label) override { code_.Branch(when ? ifne : ifeq, 1, label); }
  void BranchIfCompare(const Operation& op, bool when, Label label) override;
  void MeetAs(TypeId type) override { code_.Retype(types_.StackType(type, code_)); }

  void Switch(TypeId type, const std::vector<int64_t>& cases,
              const std::vector<Label>& targets) override {
    if (!IsWideInt(types_.Kind(type))) {
      SwitchInt(std::vector<int32_t>(cases.begin(), cases.end()), targets);
      return;
    }
    bool fits = std::all_of(cases.begin(), cases.end(),
                            [](int64_t value) { return value == static_cast<int32_t>(value); });
    if (!fits) {
      // One after the other; programs that switch over such numbers have few of them.
      for (size_t i = 0; i < cases.size(); ++i) {
        code_.Dup();
        code_.PushLong(cases[i]);
        code_.Emit(lcmp, 2, kIntType);
        Label next = FreshLabel();
        code_.Branch(ifne, 1, next);
        code_.Pop();
        code_.Jump(targets[i]);
        code_.PlaceInner(next);
      }
      code_.Pop();
      code_.Jump(targets.back());
      return;
    }
    // What does not fit an int is none of the cases.
    Label fit = FreshLabel();
    code_.Dup();
    code_.Dup();
    code_.Emit(l2i, 1, kIntType);
    code_.Emit(i2l, 1, kLongType);
    code_.Emit(lcmp, 2, kIntType);
    code_.Branch(ifeq, 1, fit);
    code_.Pop();
    code_.Jump(targets.back());
    code_.PlaceInner(fit);
    code_.Emit(l2i, 1, kIntType);
    SwitchInt(std::vector<int32_t>(cases.begin(), cases.end()), targets);
  }

  void Return(TypeId type) override { code_.Return(types_.Descriptor(type)); }

  void Raise(TypeId type) override {
    if (types_.IsRoot(program_.types.Container(type))) code_.CheckCast(kRaisedClass);
    code_.Dup();
    code_.Invoke(invokevirtual, kRaisedClass, "raised", "()V");
    code_.Throw();
  }

  void Unreachable() override {
    // After a call that does not return; the verifier does not know.
    code_.PushNull();
    code_.Throw();
  }

  // ---- Exceptions.

  void BeginTry(Label) override { try_start_ = code_.position(); }
  void EndTry(Label handler, bool has_result, bool store, uint32_t local, TypeId type) override {
    code_.Handle(try_start_, code_.position(), handler);
    if (!has_result) return;
    store ? Store(local, type) : code_.Pop();
  }
  void PlaceHandler(Label handler, const std::vector<LiveLocal>& live, TypeId type) override {
    code_.Place(handler, Frame(live), {code_.Object("java/lang/Throwable")});
    // Without a call, for which there may be no stack: an exception of the program stays as it is,
    // and the host's for a stack that is used up becomes the one made for it.
    Label known = FreshLabel();
    Label other = FreshLabel();
    code_.Dup();
    code_.InstanceOf(kRaisedClass);
    code_.Branch(ifne, 1, known);
    if (program_.stack_overflow_error.is_valid()) {
      code_.Dup();
      code_.InstanceOf("java/lang/StackOverflowError");
      code_.Branch(ifeq, 1, other);
      code_.GetStatic(kRaisedClass, "overflow", "Lweft/rt/Raised;");
      code_.DupUnder();
      code_.Swap();
      code_.PutField(kRaisedClass, "host", "Ljava/lang/Throwable;");
      code_.Retype(code_.Object("java/lang/Throwable"));
      code_.Jump(known);
      code_.PlaceInner(other);
    }
    code_.InvokeStatic(kRaisedClass, "caught", "(Ljava/lang/Throwable;)Lweft/rt/Raised;");
    code_.Retype(code_.Object("java/lang/Throwable"));
    code_.PlaceInner(known);
    code_.CheckCast(types_.OwnClass(program_.types.Container(type)));
  }

  void Line(SourceLoc loc) override {
    if (!loc.is_valid() || !loc.file.is_valid()) return;
    code_.Line(places_.LineOf(types_, names_, function_, loc));
  }

 private:
  TypeId TypeOf(ValueId id) const { return graph_.type(id); }
  TypeKind KindOf(ValueId id) const { return types_.Kind(graph_.type(id)); }
  Label FreshLabel() { return fresh_label_++; }

  // Where a loop keeps the code that the round began with, and behind it the instruction.
  uint32_t CallerSlot() const { return free_slot_ + 1; }
  VerifierType TypeOfCode() { return types_.StackType(graph_.type(loop_->code), code_); }

  // The descriptor of what a local holds of this type.
  std::string StackDescriptor(TypeId type) {
    VerifierType stack = types_.StackType(type, code_);
    switch (stack.tag) {
      case VerifierType::kInt:
        return "I";
      case VerifierType::kLong:
        return "J";
      case VerifierType::kFloat:
        return "F";
      case VerifierType::kDouble:
        return "D";
      default: {
        const std::string& name = code_.pool().ClassName(stack.cls);
        return name[0] == '[' ? name : fmt::format("L{};", name);
      }
    }
  }

  // A large table in two steps, over the upper bits of the value and then over the lower ones.
  // HotSpot's first compiler compares with one case after the other, and before that, to count how
  // often each is taken, with all of them: for the 56 instructions of Lox half of the time until
  // the optimising compiler is done, which does not mind the second step.
  void SwitchInt(const std::vector<int32_t>& cases, const std::vector<Label>& targets) {
    auto [low, high] = std::minmax_element(cases.begin(), cases.end());
    bool is_dense =
        cases.size() > kLargestTable && *low >= 0 && static_cast<size_t>(*high) < 2 * cases.size();
    if (!is_dense) {
      code_.Switch(cases, targets);
      return;
    }
    int shift = (std::bit_width(static_cast<uint32_t>(*high)) + 1) / 2;
    struct Group {
      std::vector<int32_t> cases;
      std::vector<Label> targets;
    };
    std::map<int32_t, Group> groups;
    for (size_t i = 0; i < cases.size(); ++i) {
      Group& group = groups[cases[i] >> shift];
      group.cases.push_back(cases[i]);
      group.targets.push_back(targets[i]);
    }
    // Kept in a local, where the specialiser of interpreter loops looks for what is known.
    code_.Dup();
    code_.Store(kIntType, free_slot_);
    code_.PushInt(shift);
    code_.Emit(iushr, 2, kIntType);
    std::vector<int32_t> uppers;
    std::vector<Label> labels;
    for (const auto& [upper, group] : groups) {
      uppers.push_back(upper);
      labels.push_back(FreshLabel());
    }
    labels.push_back(targets.back());
    code_.Switch(uppers, labels);
    size_t next = 0;
    for (auto& [upper, group] : groups) {
      code_.PlaceInner(labels[next++]);
      code_.Load(kIntType, free_slot_);
      group.targets.push_back(targets.back());
      code_.Switch(group.cases, group.targets);
    }
  }

  void AssignSlots() {
    slots_.resize(plan_.locals.size());
    std::vector<uint32_t> order(plan_.locals.size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    // Parameters first, then by how much a short instruction for it is worth.
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      const auto& first = plan_.locals[a];
      const auto& second = plan_.locals[b];
      if (first.is_parameter != second.is_parameter) return first.is_parameter;
      if (first.is_parameter) return a < b;
      return first.weight > second.weight;
    });
    uint32_t next = 0;
    for (uint32_t local : order) {
      slots_[local] = next;
      std::string descriptor = types_.Descriptor(plan_.locals[local].type);
      next += descriptor == "J" || descriptor == "D" ? 2 : 1;
      if (plan_.locals[local].is_parameter) code_.Parameter(code_.TypeOf(descriptor));
    }
    free_slot_ = next;
  }

  std::vector<VerifierType> Frame(const std::vector<LiveLocal>& live) {
    std::vector<VerifierType> frame;
    for (const LiveLocal& local : live) {
      VerifierType type = types_.StackType(local.type, code_);
      size_t end = slots_[local.local] + (type.is_wide() ? 2 : 1);
      if (frame.size() < end) frame.resize(end);
      frame[slots_[local.local]] = type;
    }
    if (loop_) {
      frame.resize(CallerSlot() + 2);
      frame[CallerSlot()] = TypeOfCode();
      frame[CallerSlot() + 1] = kIntType;
    }
    return frame;
  }

  void Scalar(TypeKind kind, uint64_t bits) {
    switch (Letter(kind)) {
      case 'J':
        code_.PushLong(static_cast<int64_t>(bits));
        return;
      case 'D':
        code_.PushDouble(bits);
        return;
      case 'F':
        code_.PushFloat(std::bit_cast<uint32_t>(static_cast<float>(std::bit_cast<double>(bits))));
        return;
      default:
        code_.PushInt(static_cast<int32_t>(bits));
    }
  }

  void CheckCast(const std::string& descriptor) {
    if (descriptor == "Ljava/lang/Object;") return;
    code_.CheckCast(descriptor[0] == 'L' ? descriptor.substr(1, descriptor.size() - 2)
                                         : descriptor);
  }

  // The verifier sees upcasts by itself.
  void CastBetween(ContainerId from, ContainerId to) {
    if (program_.containers.IsPrefixOf(to, from) || types_.IsRoot(to)) return;
    std::string target = types_.ClassOf(to);
    if (types_.ClassOf(from) == target) return;
    code_.CheckCast(target);
  }

  // A string stands for its bytes where its items are meant.
  void Bytes(ContainerId container) {
    if (types_.IsString(container)) code_.GetField(kStrClass, "bytes", "[B");
  }

  // Whether an operand counts items: those are longs in graphs and ints on the JVM.
  bool IsIndex(const Operation& op, size_t operand) const {
    switch (op.opcode) {
      case Opcode::kGetItem:
      case Opcode::kSetItem:
        return operand == 1;
      case Opcode::kCopyItems:
      case Opcode::kItemsEqual:
      case Opcode::kItemsCompare:
        return operand == 1 || operand == 3 || operand == 4;
      default:
        return false;
    }
  }

  bool PushIndex(StackWriter& writer, ValueId id) {
    if (graph_.IsConstant(id)) {
      code_.PushInt(static_cast<int32_t>(flowgraph::ConstantInt(graph_, id)));
      index_is_int_ = true;
      return true;
    }
    // The int that was made a long, as it was.
    const Operation* op = writer.FoldedOperation(id);
    if (op == nullptr || op->opcode != Opcode::kConvert) return false;
    TypeKind from = KindOf(op->args[0]);
    if (!IsInt(from) || IsWideInt(from)) return false;
    writer.Push(op->args[0]);
    index_is_int_ = true;
    return true;
  }

  bool IsZeroCompare(const Operation& op) const {
    ValueId other = op.args[1];
    if (!graph_.IsConstant(other) || graph_.IsConstant(op.args[0])) return false;
    const auto& constant = graph_.value(other).constant;
    TypeKind kind = KindOf(other);
    if (Letter(kind) == 'A') return constant.kind == flowgraph::Constant::Kind::kZero;
    if (Letter(kind) != 'I' || constant.bits != 0) return false;
    // Of unsigned numbers the order is another one.
    return kind != TypeKind::kU32 || op.opcode == Opcode::kEq || op.opcode == Opcode::kNe;
  }

  // Brings an int to the range of a narrow type.
  void Canonical(TypeKind kind) { ToRange(code_, kind); }

  // A narrow field or element as it comes out of memory: bytes are signed there.
  void AfterLoad(TypeId type) {
    if (types_.Kind(type) == TypeKind::kU8) Canonical(TypeKind::kU8);
  }

  static std::string TypeSuffix(TypeKind kind) { return Spelling(kind); }

  void Arithmetic(const Operation& op);
  void Convert(TypeKind from, TypeKind to);
  void LoadElement(TypeId type);
  void StoreElement(TypeId type);
  void CallFunction(const Operation& op, FunctionId callee);
  void CallExternal(const Operation& op);
  void IsInstance(ContainerId container);
  std::string ResultName(TypeId tuple, size_t element) const;
  std::string PlaceText(SourceLoc loc) const;
  void AfterCall(TypeId type);

  Types& types_;
  const Program& program_;
  const backend_common::PlaceNames& names_;
  const FunctionInfo& function_;
  const StackPlan& plan_;
  const flowgraph::Graph& graph_;
  const LoopConstants* constants_;
  Code& code_;
  PlaceTable& places_;
  Needs& needs_;
  std::vector<uint32_t> slots_;
  // The first slot that is no local's.
  uint32_t free_slot_ = 0;
  size_t try_start_ = 0;
  // The index just pushed is an int.
  bool index_is_int_ = false;
  // Labels that the writer does not know.
  Label fresh_label_ = kOwnLabels;
  std::optional<InterpreterLoop> loop_;
  size_t head_position_ = 0;
  // Promoted references, and where the code is that leaves them on the stack.
  std::vector<std::pair<ValueId, size_t>> promoted_;
  // Empty until the head has been written.
  std::vector<LiveLocal> head_locals_;
  LoopLabels loop_labels_ = {};
  // Where the switch at the beginning never goes, and where the constants are another object's.
  Label never_ = 0;
  Label other_ = 0;
};

// Element i of a tuple stands in the field that counts the elements of its letter before it.
std::string MethodWriter::ResultName(TypeId tuple, size_t element) const {
  auto elements = program_.types.List(tuple);
  char letter = Letter(types_.Kind(elements[element]));
  int number = 0;
  for (size_t i = 1; i < element; ++i) number += Letter(types_.Kind(elements[i])) == letter;
  WEFT_CHECK(number < 32, "{} returns more than 32 values of one kind", function_.name);
  return fmt::format("{}{}", static_cast<char>(letter - 'A' + 'a'), number);
}

std::string MethodWriter::PlaceText(SourceLoc loc) const {
  SourceLoc at = loc.is_valid() && loc.file.is_valid() ? loc : function_.loc;
  return fmt::format("{}:{}\n{}", SourcePath(types_, at.file), at.line,
                     names_.FunctionAt(function_, at));
}

void MethodWriter::BranchIfCompare(const Operation& op, bool when, Label label) {
  // By position: eq, ne, lt, ge, gt, le, the order of the instructions.
  int relation = 0;
  switch (op.opcode) {
    case Opcode::kNe:
      relation = 1;
      break;
    case Opcode::kLt:
      relation = 2;
      break;
    case Opcode::kGe:
      relation = 3;
      break;
    case Opcode::kGt:
      relation = 4;
      break;
    case Opcode::kLe:
      relation = 5;
      break;
    default:
      break;
  }
  int taken = when ? relation : relation ^ 1;
  switch (Letter(KindOf(op.args[0]))) {
    case 'I':
      if (IsZeroCompare(op)) {
        code_.Branch(static_cast<Op>(ifeq + taken), 1, label);
      } else {
        code_.Branch(static_cast<Op>(if_icmpeq + taken), 2, label);
      }
      return;
    case 'J':
      code_.Emit(lcmp, 2, kIntType);
      code_.Branch(static_cast<Op>(ifeq + taken), 1, label);
      return;
    case 'F':
    case 'D': {
      // A NaN makes every comparison but ne fail: it has to look larger for lt and le.
      bool is_double = KindOf(op.args[0]) == TypeKind::kF64;
      bool larger = relation == 2 || relation == 5;
      Op compare = is_double ? (larger ? dcmpg : dcmpl) : (larger ? fcmpg : fcmpl);
      code_.Emit(compare, 2, kIntType);
      code_.Branch(static_cast<Op>(ifeq + taken), 1, label);
      return;
    }
    default:
      if (IsZeroCompare(op)) {
        code_.Branch(taken == 0 ? ifnull : ifnonnull, 1, label);
      } else {
        code_.Branch(taken == 0 ? if_acmpeq : if_acmpne, 2, label);
      }
  }
}

void MethodWriter::Arithmetic(const Operation& op) {
  TypeKind kind = KindOf(op.args[0]);
  char letter = Letter(kind);
  VerifierType type = types_.StackType(TypeOf(op.args[0]), code_);
  int offset = letter == 'I' ? 0 : letter == 'J' ? 1 : letter == 'F' ? 2 : 3;
  auto plain = [&](Op first, int pops) { code_.Emit(static_cast<Op>(first + offset), pops, type); };
  auto helper = [&](std::string_view name) {
    std::string d = types_.Descriptor(TypeOf(op.args[0]));
    code_.InvokeStatic(kOpsClass, fmt::format("{}_{}", name, TypeSuffix(kind)),
                       fmt::format("({}{}){}", d, d, types_.Descriptor(TypeOf(op.result))));
  };
  bool is_unsigned = IsInt(kind) && !IsSigned(kind) && !IsNarrow(kind);
  switch (op.opcode) {
    case Opcode::kAdd:
      plain(iadd, 2);
      break;
    case Opcode::kSub:
      plain(isub, 2);
      break;
    case Opcode::kMul:
      plain(imul, 2);
      break;
    case Opcode::kDiv:
      if (is_unsigned) {
        helper("div");
      } else {
        plain(idiv, 2);
      }
      break;
    case Opcode::kRem:
      if (is_unsigned) {
        helper("rem");
      } else {
        plain(irem, 2);
      }
      break;
    case Opcode::kNeg:
      plain(ineg, 1);
      break;
    case Opcode::kAnd:
      code_.Emit(letter == 'J' ? land : iand, 2, type);
      return;
    case Opcode::kOr:
      code_.Emit(letter == 'J' ? lor : ior, 2, type);
      return;
    case Opcode::kXor:
      code_.Emit(letter == 'J' ? lxor : ixor, 2, type);
      return;
    case Opcode::kNot:
      if (letter == 'J') {
        code_.PushLong(-1);
        code_.Emit(lxor, 2, type);
      } else {
        code_.PushInt(kind == TypeKind::kBool ? 1 : -1);
        code_.Emit(ixor, 2, type);
      }
      break;
    case Opcode::kShl:
    case Opcode::kShr: {
      if (IsNarrow(kind) && !graph_.IsConstant(op.args[1])) {
        code_.PushInt(BitWidth(kind) - 1);
        code_.Emit(iand, 2, kIntType);
      }
      bool is_long = letter == 'J';
      Op shift = op.opcode == Opcode::kShl ? (is_long ? lshl : ishl)
                 : IsSigned(kind)          ? (is_long ? lshr : ishr)
                                           : (is_long ? lushr : iushr);
      code_.Emit(shift, 2, type);
      break;
    }
    case Opcode::kAddOverflows:
      helper("add_overflows");
      return;
    case Opcode::kSubOverflows:
      helper("sub_overflows");
      return;
    default:
      helper("mul_overflows");
      return;
  }
  Canonical(kind);
}

void MethodWriter::Convert(TypeKind from, TypeKind to) {
  if (from == to) return;
  if (to == TypeKind::kBool) {
    if (IsFloat(from)) {
      code_.InvokeStatic(kOpsClass, "is_nonzero", fmt::format("({})I", Letter(from)));
    } else if (IsWideInt(from)) {
      code_.InvokeStatic(kOpsClass, "is_nonzero", "(J)I");
    } else {
      code_.InvokeStatic(kOpsClass, "is_nonzero", "(I)I");
    }
    return;
  }
  if (IsInt(from) && IsInt(to)) {
    if (IsWideInt(from) && IsWideInt(to)) return;
    if (IsWideInt(to)) {
      code_.Emit(i2l, 1, kLongType);
      if (from == TypeKind::kU32) {
        code_.PushLong(0xffffffff);
        code_.Emit(land, 2, kLongType);
      }
      return;
    }
    if (IsWideInt(from)) code_.Emit(l2i, 1, kIntType);
    // A narrower range within the wider one stays as it is.
    bool fits = !IsWideInt(from) && IsNarrow(to) &&
                (from == TypeKind::kBool ||
                 (BitWidth(from) < BitWidth(to) && (!IsSigned(from) || IsSigned(to))));
    if (!fits) Canonical(to);
    return;
  }
  if (IsInt(from)) {
    bool to_double = to == TypeKind::kF64;
    VerifierType result = to_double ? kDoubleType : kFloatType;
    if (from == TypeKind::kU64) {
      code_.InvokeStatic(kOpsClass, to_double ? "f64_from_u64" : "f32_from_u64",
                         to_double ? "(J)D" : "(J)F");
    } else if (from == TypeKind::kU32) {
      Convert(from, TypeKind::kI64);
      code_.Emit(to_double ? l2d : l2f, 1, result);
    } else if (IsWideInt(from)) {
      code_.Emit(to_double ? l2d : l2f, 1, result);
    } else {
      code_.Emit(to_double ? i2d : i2f, 1, result);
    }
    return;
  }
  if (IsFloat(to)) {
    code_.Emit(to == TypeKind::kF64 ? f2d : d2f, 1,
               to == TypeKind::kF64 ? kDoubleType : kFloatType);
    return;
  }
  bool from_double = from == TypeKind::kF64;
  if (to == TypeKind::kI64) {
    code_.Emit(from_double ? d2l : f2l, 1, kLongType);
  } else if (to == TypeKind::kI32) {
    code_.Emit(from_double ? d2i : f2i, 1, kIntType);
  } else {
    if (!from_double) code_.Emit(f2d, 1, kDoubleType);
    code_.InvokeStatic(kOpsClass, fmt::format("{}_from_f64", TypeSuffix(to)),
                       fmt::format("(D){}", IsWideInt(to) ? "J" : "I"));
  }
}

void MethodWriter::LoadElement(TypeId type) {
  std::string descriptor = types_.FieldDescriptor(type);
  Op op = aaload;
  switch (descriptor[0]) {
    case 'B':
      op = baload;
      break;
    case 'S':
      op = saload;
      break;
    case 'C':
      op = caload;
      break;
    case 'I':
      op = iaload;
      break;
    case 'J':
      op = laload;
      break;
    case 'F':
      op = faload;
      break;
    case 'D':
      op = daload;
      break;
    default:
      break;
  }
  code_.Emit(op, 2, types_.StackType(type, code_));
  AfterLoad(type);
}

void MethodWriter::StoreElement(TypeId type) {
  std::string descriptor = types_.FieldDescriptor(type);
  Op op = aastore;
  switch (descriptor[0]) {
    case 'B':
      op = bastore;
      break;
    case 'S':
      op = sastore;
      break;
    case 'C':
      op = castore;
      break;
    case 'I':
      op = iastore;
      break;
    case 'J':
      op = lastore;
      break;
    case 'F':
      op = fastore;
      break;
    case 'D':
      op = dastore;
      break;
    default:
      break;
  }
  code_.Emit(op, 3);
}

void MethodWriter::AfterCall(TypeId type) {
  if (type == TypeTable::Void() || types_.Kind(type) == TypeKind::kTuple) return;
  code_.Retype(types_.StackType(type, code_));
}

void MethodWriter::CallFunction(const Operation& op, FunctionId callee) {
  const MethodRef& ref = types_.Function(callee);
  code_.InvokeStatic(ref.owner, ref.name, ref.descriptor);
}

void MethodWriter::CallExternal(const Operation& op) {
  const auto& external = program_.external(ExternalId(op.imm));
  if (external.host.is_valid()) {
    needs_.externals.insert(op.imm);
    MethodRef bridge = HostBridge(types_, ExternalId(op.imm));
    code_.InvokeStatic(bridge.owner, bridge.name, bridge.descriptor);
    return;
  }
  ExternalMethod method = FindExternal(external.symbol);
  std::string descriptor = types_.MethodDescriptor(external.type, /*without_first=*/false);
  if (method.name.empty()) {
    // Known to nobody; who asked for the artefact is told. Tests bring a class of their own.
    types_.missing_externals.insert(op.imm);
    code_.InvokeStatic("weft/rt/Host", external.symbol, descriptor);
  } else {
    code_.InvokeStatic(method.owner, method.name, descriptor);
  }
}

void MethodWriter::IsInstance(ContainerId container) {
  if (types_.IsRoot(container)) {
    // Every object is one.
    code_.InvokeStatic(kOpsClass, "is_nonnull", "(Ljava/lang/Object;)I");
    return;
  }
  if (types_.IsException(container)) needs_.caught.insert(container.index);
  code_.InstanceOf(types_.ClassOf(container));
}

void MethodWriter::Operate(const Operation& op) {
  TypeId result = op.result.is_valid() ? TypeOf(op.result) : TypeTable::Void();
  ContainerId container(op.imm);
  switch (op.opcode) {
    case Opcode::kConvert:
      Convert(KindOf(op.args[0]), types_.Kind(result));
      return;
    case Opcode::kF64Bits:
      code_.InvokeStatic("java/lang/Double", "doubleToRawLongBits", "(D)J");
      return;
    case Opcode::kF64FromBits:
      code_.InvokeStatic("java/lang/Double", "longBitsToDouble", "(J)D");
      return;
    case Opcode::kF32Bits:
      code_.InvokeStatic("java/lang/Float", "floatToRawIntBits", "(F)I");
      return;
    case Opcode::kF32FromBits:
      code_.InvokeStatic("java/lang/Float", "intBitsToFloat", "(I)F");
      return;
    case Opcode::kClz:
    case Opcode::kCtz:
    case Opcode::kPopcount: {
      bool is_long = IsWideInt(KindOf(op.args[0]));
      const char* name = op.opcode == Opcode::kClz   ? "numberOfLeadingZeros"
                         : op.opcode == Opcode::kCtz ? "numberOfTrailingZeros"
                                                     : "bitCount";
      code_.InvokeStatic(is_long ? "java/lang/Long" : "java/lang/Integer", name,
                         is_long ? "(J)I" : "(I)I");
      return;
    }
    case Opcode::kCall:
      CallFunction(op, FunctionId(op.imm));
      AfterCall(result);
      return;
    case Opcode::kCallMethod: {
      MethodRef ref = types_.Method(MethodId(op.imm));
      ContainerId owner = program_.cls(program_.method(MethodId(op.imm)).introduced_by).container;
      code_.Invoke(types_.IsRoot(owner) ? invokeinterface : invokevirtual, ref.owner, ref.name,
                   ref.descriptor);
      AfterCall(result);
      return;
    }
    case Opcode::kCallPointer: {
      TypeId type = TypeOf(op.args[0]);
      code_.Invoke(invokevirtual, types_.FunctionClass(type), "call",
                   types_.MethodDescriptor(type, /*without_first=*/false));
      AfterCall(result);
      return;
    }
    case Opcode::kCallExternal:
      CallExternal(op);
      return;
    case Opcode::kCheckNonNull:
      code_.PushString(PlaceText(op.loc));
      code_.InvokeStatic("weft/rt/Fatal", "checkNonNull",
                         "(Ljava/lang/Object;Ljava/lang/String;)V");
      return;
    case Opcode::kCheckIndex:
      code_.PushString(PlaceText(op.loc));
      code_.InvokeStatic("weft/rt/Fatal", "checkIndex", "(JJLjava/lang/String;)V");
      return;
    case Opcode::kCheckNonZero:
      code_.PushString(PlaceText(op.loc));
      code_.InvokeStatic(
          "weft/rt/Fatal", "checkNonZero",
          IsWideInt(KindOf(op.args[0])) ? "(JLjava/lang/String;)V" : "(ILjava/lang/String;)V");
      return;
    case Opcode::kCheckInstance: {
      Label good = FreshLabel();
      Label end = FreshLabel();
      code_.Dup();
      code_.Branch(ifnull, 1, good);
      code_.Dup();
      IsInstance(container);
      code_.Branch(ifne, 1, good);
      code_.PushString(program_.containers.Get(container).name);
      code_.PushString(PlaceText(op.loc));
      code_.InvokeStatic("weft/rt/Fatal", "badCast",
                         "(Ljava/lang/Object;Ljava/lang/String;Ljava/lang/String;)V");
      code_.Jump(end);
      code_.PlaceInner(good);
      code_.Pop();
      code_.PlaceInner(end);
      return;
    }
    case Opcode::kFatal:
      code_.PushString(PlaceText(op.loc));
      code_.InvokeStatic("weft/rt/Fatal", "fatal", "(Lweft/rt/Str;Ljava/lang/String;)V");
      return;
    case Opcode::kPin: {
      if (IsReference(types_.Kind(result))) {
        // Behind a test that it is not null, the compiler takes a reference for another value. The
        // run time's Evaluation knows these instructions, and leaves them out.
        Label end = FreshLabel();
        code_.Dup();
        code_.Branch(ifnonnull, 1, end);
        code_.Pop();
        code_.PushNull();
        code_.PlaceInner(end);
        return;
      }
      // Nothing is read earlier than a volatile field that was read before it, and that costs no
      // more than another read on the usual processors; so the zero is not known before, and the
      // sum neither.
      bool is_wide = Letter(types_.Kind(result)) == 'J';
      code_.GetStatic("weft/rt/Pin", "fence", "I");
      code_.Pop();
      code_.GetStatic("weft/rt/Pin", is_wide ? "wideZero" : "zero", is_wide ? "J" : "I");
      code_.Emit(is_wide ? ladd : iadd, 2, is_wide ? kLongType : kIntType);
      return;
    }
    case Opcode::kIdentityHash: {
      ContainerId holder = HashHolder(types_, program_.types.Container(TypeOf(op.args[0])));
      if (holder.is_valid()) {
        needs_.hashed.insert(holder.index);
        code_.Invoke(invokevirtual, types_.OwnClass(holder), "hash$", "()I");
      } else {
        code_.InvokeStatic("weft/rt/Identity", "hash", "(Ljava/lang/Object;)I");
      }
      code_.Emit(i2l, 1, kLongType);
      return;
    }
    case Opcode::kGlobalGet: {
      FieldRef ref = types_.Global(GlobalId(op.imm));
      code_.GetStatic(ref.owner, ref.name, ref.descriptor);
      return;
    }
    case Opcode::kGlobalSet: {
      FieldRef ref = types_.Global(GlobalId(op.imm));
      code_.PutStatic(ref.owner, ref.name, ref.descriptor);
      return;
    }
    case Opcode::kGcCollect:
      code_.InvokeStatic("weft/rt/Gc", "collect", "()V");
      return;
    case Opcode::kGcStat:
      code_.InvokeStatic("weft/rt/Gc", "stat", "(I)J");
      return;
    case Opcode::kMalloc:
      if (types_.IsRoot(container)) {
        needs_.makes_root_objects = true;
        code_.NewObject(types_.RootInterface() + "$Plain");
      } else {
        code_.NewObject(types_.OwnClass(container));
      }
      if (program_.containers.Get(container).has_finalizer) {
        code_.Dup();
        code_.InvokeStatic("weft/rt/Gc", "finalizable", "(Ljava/lang/Object;)V");
      }
      AfterCall(result);
      return;
    case Opcode::kMallocItems:
      code_.InvokeStatic(kOpsClass, "length", "(J)I");
      if (types_.IsString(container)) {
        code_.InvokeStatic(kStrClass, "make", "(I)Lweft/rt/Str;");
      } else if (types_.ItemsOf(container) == Items::kObjects) {
        const std::string& item = types_.OwnClass(container);
        code_.InvokeStatic(item, "array$", fmt::format("(I)[L{};", item));
      } else {
        code_.NewArray(types_.ClassOf(container).substr(1));
      }
      AfterCall(result);
      return;
    case Opcode::kGetField: {
      if (types_.IsString(container)) {
        code_.GetField(kStrClass, "hash", "J");
        return;
      }
      FieldRef ref = types_.Field(container, op.imm2);
      code_.GetField(ref.owner, ref.name, ref.descriptor);
      AfterLoad(result);
      return;
    }
    case Opcode::kSetField: {
      if (types_.IsString(container)) {
        code_.PutField(kStrClass, "hash", "J");
        return;
      }
      FieldRef ref = types_.Field(container, op.imm2);
      code_.PutField(ref.owner, ref.name, ref.descriptor);
      return;
    }
    case Opcode::kGetItem:
      if (types_.ItemsOf(container) == Items::kObjects) {
        FieldRef ref = types_.ItemField(container, op.imm2);
        code_.GetField(ref.owner, ref.name, ref.descriptor);
        AfterLoad(result);
      } else {
        LoadElement(result);
      }
      return;
    case Opcode::kSetItem:
      if (types_.ItemsOf(container) == Items::kObjects) {
        FieldRef ref = types_.ItemField(container, op.imm2);
        code_.PutField(ref.owner, ref.name, ref.descriptor);
      } else {
        StoreElement(program_.containers.Get(container).item_fields[op.imm2].type);
      }
      return;
    case Opcode::kGetLength:
      Bytes(container);
      code_.Emit(arraylength, 1, kIntType);
      code_.Emit(i2l, 1, kLongType);
      return;
    case Opcode::kCopyItems:
      if (types_.ItemsOf(container) == Items::kObjects) {
        const std::string& item = types_.OwnClass(container);
        code_.InvokeStatic(item, "copy$", fmt::format("([L{};I[L{};II)V", item, item));
        return;
      }
      // System.arraycopy takes the source first.
      code_.InvokeStatic(kOpsClass, "copy", "(Ljava/lang/Object;ILjava/lang/Object;II)V");
      return;
    case Opcode::kItemsEqual:
      code_.InvokeStatic(kOpsClass, "equal", "([BI[BII)I");
      return;
    case Opcode::kItemsCompare:
      code_.InvokeStatic(kOpsClass, "compare", "([BI[BII)I");
      return;
    case Opcode::kBytesHash:
      code_.Invoke(invokevirtual, kStrClass, "hash", "()J");
      return;
    case Opcode::kFieldOffset:
      needs_.places.insert(op.imm);
      code_.PushLong(program_.containers.Get(container).fields[op.imm2].offset);
      return;
    case Opcode::kItemOffset: {
      needs_.places.insert(op.imm);
      const auto& layout = program_.containers.Get(container);
      code_.PushLong(layout.item_size);
      code_.Emit(lmul, 2, kLongType);
      code_.PushLong(int64_t{layout.fixed_size} + layout.item_fields[op.imm2].offset);
      code_.Emit(ladd, 2, kLongType);
      return;
    }
    case Opcode::kLoadAt: {
      char letter = Letter(types_.Kind(result));
      code_.InvokeStatic(kPlacesClass, fmt::format("get{}", letter),
                         letter == 'A' ? "(Ljava/lang/Object;J)Ljava/lang/Object;"
                                       : fmt::format("(Ljava/lang/Object;J){}", letter));
      if (letter == 'A') CheckCast(types_.Descriptor(result));
      Canonical(types_.Kind(result));
      return;
    }
    case Opcode::kStoreAt: {
      char letter = Letter(KindOf(op.args[2]));
      code_.InvokeStatic(kPlacesClass, fmt::format("set{}", letter),
                         letter == 'A' ? "(Ljava/lang/Object;JLjava/lang/Object;)V"
                                       : fmt::format("(Ljava/lang/Object;J{})V", letter));
      return;
    }
    case Opcode::kCastPtr:
      Cast(TypeOf(op.args[0]), result);
      return;
    case Opcode::kIsInstance:
    case Opcode::kIsInstanceNonNull:
      IsInstance(container);
      return;
    case Opcode::kTableItem: {
      // The index is on the stack; the table goes below it.
      FieldRef ref = types_.Table(GlobalId(op.imm), op.imm2);
      code_.Emit(l2i, 1, kIntType);
      code_.GetStatic(ref.owner, ref.name, ref.descriptor);
      code_.Swap();
      LoadElement(result);
      return;
    }
    case Opcode::kTupleMake: {
      auto elements = program_.types.List(result);
      for (size_t i = elements.size(); i-- > 1;) {
        char letter = Letter(types_.Kind(elements[i]));
        code_.PutStatic(kResultsClass, ResultName(result, i),
                        letter == 'A' ? "Ljava/lang/Object;" : std::string(1, letter));
      }
      return;
    }
    case Opcode::kWeakRefMake:
      // The object is on the stack; the reference is made below it.
      code_.NewObject(types_.OwnClass(container));
      code_.InvokeStatic("weft/rt/Weak", "make",
                         "(Ljava/lang/Object;Lweft/rt/Weak;)Lweft/rt/Weak;");
      code_.CheckCast(types_.OwnClass(container));
      AfterCall(result);
      return;
    case Opcode::kWeakRefRead:
      code_.Invoke(invokevirtual, "weft/rt/Weak", "get", "()Ljava/lang/Object;");
      CheckCast(types_.Descriptor(result));
      return;
    default:
      WEFT_CHECK(flowgraph::Info(op.opcode).stages != flowgraph::OpStages::Source,
                 "{} has no code on the JVM", op.info().name);
      Arithmetic(op);
  }
}

}  // namespace

std::string SourcePath(const Types& types, FileId file) {
  if (!file.is_valid()) return "?";
  return types.program().files.Path(file);
}

ContainerId HashHolder(const Types& types, ContainerId id) {
  const auto& containers = types.program().containers;
  if (types.IsRoot(id) || types.IsException(id)) return {};
  if (containers.Get(id).kind != lltype::ContainerKind::kClass) return {};
  // The topmost class below the root, so that every class has the field once.
  while (!types.HasRootAsParent(id)) id = containers.Get(id).parent;
  return id;
}

uint32_t PlaceTable::LineOf(const Types& types, const backend_common::PlaceNames& names,
                            const FunctionInfo& function, SourceLoc loc) {
  std::string name = names.FunctionAt(function, loc);
  constexpr uint32_t kFirstNumber = 65535;
  bool is_plain = loc.file == function.loc.file && name == function.name &&
                  MethodName(name) == name && loc.line < 32768;
  if (is_plain) return loc.line;
  std::string row = fmt::format("{}\t{}\t{}", SourcePath(types, loc.file), loc.line, name);
  auto [at, is_new] = rows_.emplace(std::move(row), kFirstNumber - rows_.size());
  // There are no more numbers; the line alone has to do.
  if (at->second < 32768) return std::min(loc.line, 32767u);
  return at->second;
}

std::string PlaceTable::Text() const {
  std::string text;
  for (const auto& [row, number] : rows_) {
    if (number >= 32768) text += fmt::format("{}\t{}\n", number, row);
  }
  return text;
}

namespace {

MethodEntry Write(Types& types, const backend_common::PlaceNames& names, FunctionId id,
                  const FunctionInfo& function, const MethodRef& ref,
                  const LoopConstants* constants, ConstantPool& pool, PlaceTable& places,
                  Needs& needs) {
  auto kind_of = [&](TypeId type) -> uint32_t {
    // A local of the JVM has a size.
    return static_cast<uint32_t>(Letter(types.Kind(type)));
  };
  StackPlan plan = backend_common::MakeStackPlan(types.program(), function, kind_of);
  std::string body;
  size_t size = 0;
  std::optional<LoopInfo> loop;
  for (bool wide : {false, true}) {
    Code code(pool, wide);
    MethodWriter writer(types, names, function, plan, constants, code, places, needs);
    writer.BeginLoop(ref.descriptor);
    backend_common::WriteStackCode(types.program(), function, plan, writer);
    loop = writer.FinishLoop(ref);
    body = code.Finish();
    size = code.position();
    if (!code.needs_wide()) break;
  }
  needs.code_sizes[id.index] = std::max(needs.code_sizes[id.index], size);
  if (loop) needs.loops.push_back(*std::move(loop));
  return {
      .access = kPublic | kStatic, .name = ref.name, .descriptor = ref.descriptor, .code = body};
}

}  // namespace

MethodEntry WriteMethod(Types& types, const backend_common::PlaceNames& names, FunctionId id,
                        ConstantPool& pool, PlaceTable& places, Needs& needs) {
  const FunctionInfo& function = types.program().function(id);
  const MethodRef& ref = types.Function(id);
  if (function.hints.interpreter_loop) {
    FunctionInfo changed = function;
    size_t number = needs.loop_constants.size();
    LoopConstants constants(types, changed, fmt::format("{}$Constants{}", ref.owner, number),
                            fmt::format("{}$Others{}", ref.owner, number));
    if (!constants.empty()) {
      MethodEntry entry = Write(types, names, id, changed, ref, &constants, pool, places, needs);
      needs.loop_constants.emplace(id.index, std::move(constants));
      return entry;
    }
  }
  return Write(types, names, id, function, ref, nullptr, pool, places, needs);
}

MethodEntry WriteLoopOfOthers(Types& types, const backend_common::PlaceNames& names, FunctionId id,
                              ConstantPool& pool, PlaceTable& places, Needs& needs) {
  MethodRef ref = types.Function(id);
  ref.owner = needs.loop_constants.at(id.index).others_class();
  return Write(types, names, id, types.program().function(id), ref, nullptr, pool, places, needs);
}

}  // namespace weft::backend_jvm
