#include "backend_cli/method_emitter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "backend_cli/class_writer.h"
#include "backend_cli/host.h"
#include "backend_cli/il_code.h"
#include "backend_cli/scalar_operations.h"
#include "backend_common/stack_code.h"
#include "common/check.h"

namespace weft::backend_cli {

using backend_common::Label;
using backend_common::LiveLocal;
using backend_common::StackPlan;
using backend_common::StackWriter;
using flowgraph::Constant;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;
using lltype::ContainerKind;

namespace {

class MethodEmitter : public backend_common::StackEmitter {
 public:
  MethodEmitter(const CliTypes& types, FunctionId id, PlaceTable* places, MethodUses* uses)
      : types_(types),
        program_(types.program()),
        function_(program_.function(id)),
        id_(id),
        places_(*places),
        uses_(*uses),
        plan_(backend_common::MakeStackPlan(program_, function_,
                                            [this](TypeId type) { return KindOf(type); })) {}

  std::string Run(bool may_nest) {
    NumberLocals();
    has_loop_ = HasLoop();
    std::string_view name = method_name_;
    places_.BeginMethod(name.substr(1, name.size() - 2));
    // The first place is the function's own, for the check of the stack.
    Line(function_.loc);
    // One that always raises makes no tuple, and yet has the result.
    TypeId result = program_.types.Element(function_.type);
    if (program_.types.Kind(result) == TypeKind::kTuple) uses_.tuples.insert(result);
    if (may_nest) code_.Op("call", "void Weft.Stack::Check()");
    StackWriter writer(program_, function_, plan_, *this);
    writer_ = &writer;
    writer.Write();
    for (const auto& [helper, place] : helper_places_) {
      places_.BeginMethod(std::string_view(helper).substr(1, helper.size() - 2));
      if (place != kNoPlace) places_.Mark(0, place);
    }
    return Header() + code_.text() + "}\n" + helpers_;
  }

  // ---- Values.

  void Load(uint32_t local, TypeId type) override {
    if (plan_.locals[local].is_parameter) {
      code_.LoadArgument(local);
    } else {
      code_.LoadLocal(numbers_[local]);
    }
  }

  void Store(uint32_t local, TypeId type) override {
    if (plan_.locals[local].is_parameter) {
      code_.StoreArgument(local);
    } else {
      code_.StoreLocal(numbers_[local]);
    }
  }

  void Pop(TypeId type) override { code_.Op("pop"); }

  void Constant(TypeId type, const flowgraph::Constant& constant) override {
    switch (constant.kind) {
      case Constant::Kind::kZero:
        return code_.Op("ldnull");
      case Constant::Kind::kFunction:
        UseFunctionObject(FunctionId(static_cast<uint32_t>(constant.bits)));
        return code_.Op("ldsfld",
                        types_.FunctionObject(FunctionId(static_cast<uint32_t>(constant.bits))));
      case Constant::Kind::kFrozen: {
        FrozenId id(static_cast<uint32_t>(constant.bits));
        if (!types_.IsFrozenString(id)) uses_.frozen.insert(id);
        return types_.LoadFrozen(id, &code_);
      }
      case Constant::Kind::kScalar:
        return Scalar(program_.types.Kind(type), constant.bits);
      default:
        WEFT_FATAL("{}: a literal reached the CLI backend", function_.name);
    }
  }

  void Cast(TypeId from, TypeId to) override {
    if (from == to || program_.types.Kind(to) != TypeKind::kPtr) return;
    CastTo(program_.types.Container(from), program_.types.Container(to));
  }

  // ---- Operations.

  bool PushOperand(StackWriter& writer, const Operation& op, size_t operand) override {
    switch (op.opcode) {
      case Opcode::kGetItem:
      case Opcode::kSetItem:
        if (operand != 1) return false;
        PushIndex(writer, op.args[1]);
        return true;
      case Opcode::kMallocItems:
        if (!IsSmallArray(op)) return false;
        code_.Int32(static_cast<int32_t>(*ConstantOf(op.args[0])));
        return true;
      case Opcode::kTableItem:
        uses_.tables.insert({GlobalId(op.imm), op.imm2});
        if (IsOnStack(op.args[0])) {
          // Then the table cannot go below it.
          PushIndex(writer, op.args[0]);
          uint32_t index = NewLocal("int32");
          code_.StoreLocal(index);
          code_.Op("ldsfld", types_.Table(GlobalId(op.imm), op.imm2));
          code_.LoadLocal(index);
          return true;
        }
        code_.Op("ldsfld", types_.Table(GlobalId(op.imm), op.imm2));
        PushIndex(writer, op.args[0]);
        return true;
      case Opcode::kShl:
      case Opcode::kShr:
        // A known count is part of what WriteScalar writes.
        return operand == 1 && ConstantOf(op.args[1]).has_value();
      default:
        return false;
    }
  }

  void AfterOperand(const Operation& op, size_t operand) override {
    switch (op.opcode) {
      case Opcode::kGetField:
      case Opcode::kSetField:
        if (operand == 0) {
          CastOperand(op.args[0], types_.DeclaringClass(ContainerId(op.imm), op.imm2));
        } else {
          CastOperand(op.args[1], FieldOf(op).type);
        }
        return;
      case Opcode::kGetItem:
      case Opcode::kSetItem: {
        ContainerId container(op.imm);
        if (operand == 0) {
          CastOperand(op.args[0], container);
          if (IsString(container)) code_.Op("ldfld", kBytes);
        } else if (operand == 1 && !IsString(container) && !types_.HasPlainItems(container)) {
          code_.Op("ldelema", types_.Item(container));
        } else if (operand == 2) {
          CastOperand(op.args[2], ItemFieldOf(op).type);
        }
        return;
      }
      case Opcode::kGetLength:
        CastOperand(op.args[0], ContainerId(op.imm));
        if (IsString(ContainerId(op.imm))) code_.Op("ldfld", kBytes);
        return;
      case Opcode::kCopyItems:
      case Opcode::kItemsEqual:
      case Opcode::kItemsCompare:
        if (operand == 0 || operand == 2) {
          ContainerId container = program_.types.Container(graph().type(op.args[operand]));
          if (IsString(container)) code_.Op("ldfld", kBytes);
        }
        return;
      case Opcode::kCall:
      case Opcode::kCallExternal:
      case Opcode::kCallMethod:
        return CastOperand(op.args[operand], program_.types.List(SignatureOf(op))[operand]);
      case Opcode::kCallPointer:
        if (operand > 0) {
          CastOperand(op.args[operand], program_.types.List(SignatureOf(op))[operand - 1]);
        }
        return;
      case Opcode::kGlobalSet:
        return CastOperand(op.args[0], program_.global(GlobalId(op.imm)).type);
      case Opcode::kTupleMake:
        return CastOperand(op.args[operand], ResultElement(operand));
      default:
        return;
    }
  }

  void Operate(const Operation& op) override {
    tried_ = op.opcode;
    // Also when nobody takes it apart, as the callee's result.
    if (op.result.is_valid() && KindOfValue(op.result) == TypeKind::kTuple) {
      uses_.tuples.insert(graph().type(op.result));
    }
    if (in_try_ && has_loop_ && IsCall(op.opcode)) return CallTried(op);
    std::optional<int64_t> constant;
    if (!op.args.empty()) constant = ConstantOf(op.args.back());
    TypeKind operand = op.args.empty() ? TypeKind::kVoid : KindOfValue(op.args[0]);
    TypeKind result = op.result.is_valid() ? KindOfValue(op.result) : TypeKind::kVoid;
    if (WriteScalar(op.opcode, operand, result, constant, &code_)) return;
    switch (op.opcode) {
      case Opcode::kCall:
      case Opcode::kCallMethod:
      case Opcode::kCallPointer:
        CallPlain(op);
        return CastResult(op);
      case Opcode::kCallExternal:
        return CallExternal(op);
      case Opcode::kCheckNonNull:
        return Check("NonNull(object, int32)", op);
      case Opcode::kCheckIndex:
        return Check("Index(int64, int64, int32)", op);
      case Opcode::kCheckNonZero:
        return Check(lltype::SizeOf(program_.types, graph().type(op.args[0])) == 8
                         ? "NonZero(int64, int32)"
                         : "NonZero(int32, int32)",
                     op);
      case Opcode::kCheckInstance:
        return CheckInstance(op);
      case Opcode::kFatal:
        code_.Int32(Place(op.loc));
        return code_.Op("call", "void Weft.Failures::Fatal(class Weft.Str, int32)");
      case Opcode::kIdentityHash:
        return code_.Op("call", "int64 Weft.Memory::IdentityHash(object)");
      case Opcode::kGlobalGet:
        uses_.globals.insert(GlobalId(op.imm));
        return code_.Op("ldsfld", types_.Global(GlobalId(op.imm)));
      case Opcode::kGlobalSet:
        uses_.globals.insert(GlobalId(op.imm));
        return code_.Op("stsfld", types_.Global(GlobalId(op.imm)));
      case Opcode::kGcCollect:
        return code_.Op("call", "void Weft.Memory::Collect()");
      case Opcode::kGcStat:
        return code_.Op("call", "int64 Weft.Memory::Stat(int32)");
      case Opcode::kMalloc: {
        ContainerId container(op.imm);
        if (program_.containers.Get(container).has_finalizer) {
          code_.Op("call", "void Weft.Memory::RunFinalizers()");
        }
        CheckHeap();
        return New(container);
      }
      case Opcode::kMallocItems: {
        ContainerId container(op.imm);
        if (IsString(container)) return code_.Op("call", "class Weft.Str Weft.Str::Make(int64)");
        if (IsSmallArray(op)) {
          CheckHeap();
          return code_.Op("newarr", types_.Item(container));
        }
        return code_.Op(
            "call", fmt::format("!!0[] Weft.Memory::NewArray<{}>(int64)", types_.Item(container)));
      }
      case Opcode::kGetField:
        code_.Op("ldfld", types_.Field(ContainerId(op.imm), op.imm2));
        return CastLoaded(FieldOf(op).type, op);
      case Opcode::kSetField:
        return code_.Op("stfld", types_.Field(ContainerId(op.imm), op.imm2));
      case Opcode::kGetItem:
        return GetItem(op);
      case Opcode::kSetItem: {
        ContainerId container(op.imm);
        if (IsString(container) || types_.HasPlainItems(container)) {
          return code_.Op(fmt::format("stelem.{}", ElementSuffix(ItemFieldOf(op).type, true)));
        }
        return code_.Op("stfld", types_.ItemField(container, op.imm2));
      }
      case Opcode::kGetLength:
        code_.Op("ldlen");
        return code_.Op("conv.u8");
      case Opcode::kCopyItems:
        if (types_.IsBytes(ContainerId(op.imm))) {
          return code_.Op("call", "void Weft.Str::Copy(uint8[], int64, uint8[], int64, int64)");
        }
        return code_.Op("call",
                        fmt::format("void Weft.Memory::CopyItems<{}>(!!0[], int64, !!0[], int64, "
                                    "int64)",
                                    types_.Item(ContainerId(op.imm))));
      case Opcode::kItemsEqual:
      case Opcode::kItemsCompare:
        WEFT_CHECK(types_.IsBytes(ContainerId(op.imm)), "{}: only bytes are compared",
                   function_.name);
        return code_.Op("call",
                        fmt::format("{}(uint8[], int64, uint8[], int64, int64)",
                                    op.opcode == Opcode::kItemsEqual ? "bool Weft.Str::Equal"
                                                                     : "int32 Weft.Str::Compare"));
      case Opcode::kBytesHash:
        return code_.Op("call", "instance int64 Weft.Str::Hash()");
      case Opcode::kFieldOffset:
        uses_.with_places.insert(types_.DeclaringClass(ContainerId(op.imm), op.imm2));
        return code_.Int64(program_.containers.Get(ContainerId(op.imm)).fields[op.imm2].offset);
      case Opcode::kItemOffset: {
        const lltype::Container& container = program_.containers.Get(ContainerId(op.imm));
        uses_.with_places.insert(ContainerId(op.imm));
        code_.Int64(container.item_size);
        code_.Op("mul");
        code_.Int64(container.fixed_size + container.item_fields[op.imm2].offset);
        return code_.Op("add");
      }
      case Opcode::kLoadAt: {
        TypeId type = graph().type(op.result);
        uses_.loads.insert(type);
        return code_.Op("call", fmt::format("{} {}(object, int64)", types_.Spell(type),
                                            LoadAtName(types_, type)));
      }
      case Opcode::kStoreAt: {
        TypeId type = graph().type(op.args[2]);
        uses_.stores.insert(type);
        return code_.Op("call", fmt::format("void {}(object, int64, {})", StoreAtName(types_, type),
                                            types_.Spell(type)));
      }
      case Opcode::kCastPtr:
        return CastTo(program_.types.Container(graph().type(op.args[0])),
                      program_.types.Container(graph().type(op.result)));
      case Opcode::kIsInstance:
      case Opcode::kIsInstanceNonNull:
        IsInstance(op);
        code_.Op("ldnull");
        return code_.Op("cgt.un");
      case Opcode::kTableItem: {
        TypeId type = program_.global(GlobalId(op.imm)).item_types[op.imm2];
        return code_.Op(fmt::format("ldelem.{}", ElementSuffix(type, false)));
      }
      case Opcode::kTupleMake:
        return MakeTuple();
      case Opcode::kWeakRefMake:
        uses_.weak_references.insert(ContainerId(op.imm));
        return code_.Op("call",
                        fmt::format("{} places::{}(object)", types_.Reference(ContainerId(op.imm)),
                                    Quoted("weak " + types_.Class(ContainerId(op.imm)))));
      case Opcode::kWeakRefRead: {
        ContainerId container(op.imm);
        uint32_t last = static_cast<uint32_t>(program_.containers.Get(container).fields.size() - 1);
        ContainerId owner = types_.DeclaringClass(container, last);
        code_.Op("ldfld", fmt::format("class [mscorlib]System.WeakReference {}::{}",
                                      types_.Class(owner), types_.FieldName(container, last)));
        code_.Op("callvirt", "instance object [mscorlib]System.WeakReference::get_Target()");
        ContainerId to = program_.types.Container(graph().type(op.result));
        if (types_.Class(to) != "object") code_.Op("castclass", types_.Class(to));
        return;
      }
      default:
        WEFT_FATAL("{}: the operation {} has no IL", function_.name, op.info().name);
    }
  }

  void TupleArrived(TypeId tuple, bool /*first_is_wanted*/) override {
    if (!std::exchange(tuple_has_arrived_, false)) StoreTuple(tuple);
  }

  void TupleElement(TypeId tuple, size_t element) override {
    code_.LoadLocalAddress(tuple_locals_[tuple]);
    TypeId type = program_.types.List(tuple)[element];
    code_.Op("ldfld",
             fmt::format("{} {}::r{}", types_.Spell(type), types_.TupleName(tuple), element));
  }

  // ---- Control.

  void Place(Label label, const std::vector<LiveLocal>& live) override { code_.Place(label); }
  void PlaceInner(Label label) override { code_.Place(label); }
  void Jump(Label label) override { code_.Branch("br", label); }

  void BranchIf(bool when, Label label) override {
    code_.Branch(when ? "brtrue" : "brfalse", label);
  }

  void BranchIfCompare(const Operation& op, bool when, Label label) override {
    backend_cli::BranchIfCompare(op.opcode, KindOfValue(op.args[0]), when, label, &code_);
  }

  void Switch(TypeId type, const std::vector<int64_t>& cases,
              const std::vector<Label>& targets) override;

  void Return(TypeId type) override { code_.Op("ret"); }

  void Raise(TypeId type) override {
    CastTo(program_.types.Container(type), ExceptionClass());
    std::string exception = types_.Class(ExceptionClass());
    code_.Op("call",
             fmt::format("class {} {}::Raising(class {})", exception, exception, exception));
    code_.Op("throw");
  }

  // Behind what never returns.
  void Unreachable() override {
    code_.Op("ldnull");
    code_.Op("throw");
  }

  // ---- Exceptions.

  void BeginTry(Label handler) override {
    in_try_ = true;
    handler_ = handler;
    try_begin_ = code_.text().size();
  }

  void EndTry(Label handler, bool has_result, bool store, uint32_t local, TypeId type) override {
    in_try_ = false;
    bool is_tuple = program_.types.Kind(type) == TypeKind::kTuple;
    bool is_call = has_loop_ && IsCall(tried_);
    if (is_call) {
      Label unwind = has_result || is_tuple ? writer_->NewLabel() : handler;
      if (unwind != handler) unwinds_.push_back({unwind, handler});
      code_.Op("ldsfld", CaughtField());
      code_.Branch("brtrue", unwind);
    }
    if (is_tuple) {
      // Nothing may stay on the stack across the end of a range.
      StoreTuple(type);
      tuple_has_arrived_ = true;
    } else if (has_result) {
      store ? Store(local, type) : Pop(type);
    }
    // CheckHeap has done it for an object.
    if (is_call || tried_ == Opcode::kMalloc) return;
    code_.Insert(try_begin_, ".try {\n");
    Label end = writer_->NewLabel();
    code_.Branch("leave", end);
    code_.Directive(fmt::format("}} catch {} {{", types_.Class(ExceptionClass())));
    code_.Op("stsfld", CaughtField());
    code_.Branch("leave", handler);
    code_.Directive("}");
    code_.Place(end);
  }

  void PlaceHandler(Label handler, const std::vector<LiveLocal>& /*live*/, TypeId type) override {
    for (const auto& [unwind, target] : std::exchange(unwinds_, {})) {
      code_.Place(unwind);
      code_.Op("pop");
      code_.Branch("br", target);
    }
    code_.Place(handler);
    code_.Op("ldsfld", CaughtField());
    code_.Op("ldnull");
    code_.Op("stsfld", CaughtField());
    CastTo(ExceptionClass(), program_.types.Container(type));
  }

  // ---- Places in the source.

  void Line(SourceLoc loc) override {
    if (!loc.is_valid() || !loc.file.is_valid()) return;
    uint32_t place = Place(loc);
    if (place == at_place_) return;
    at_place_ = place;
    places_.Mark(code_.offset(), place);
    if (loc.file != at_file_) {
      code_.Directive(fmt::format(".line {}:{} {}", loc.line, loc.column,
                                  Quoted(places_.SourcePath(loc.file))));
      at_file_ = loc.file;
    } else {
      code_.Directive(fmt::format(".line {}:{}", loc.line, loc.column));
    }
  }

 private:
  static constexpr size_t kExpressionStack = 128;
  static constexpr const char* kBytes = "uint8[] Weft.Str::bytes";

  const Graph& graph() const { return plan_.graph; }
  TypeKind KindOfValue(ValueId id) const { return program_.types.Kind(graph().type(id)); }

  uint32_t KindOf(TypeId type) {
    auto [it, inserted] = kinds_.try_emplace(types_.Spell(type), kinds_.size());
    return it->second;
  }

  void StoreTuple(TypeId tuple) {
    auto [it, inserted] = tuple_locals_.try_emplace(tuple, 0);
    if (inserted) it->second = NewLocal(types_.Spell(tuple));
    code_.StoreLocal(it->second);
  }

  uint32_t NewLocal(std::string type) {
    local_types_.push_back(std::move(type));
    return static_cast<uint32_t>(local_types_.size() - 1);
  }

  void NumberLocals() {
    for (const auto& local : plan_.locals) {
      numbers_.push_back(local.is_parameter ? 0 : NewLocal(types_.Spell(local.type)));
    }
  }

  std::string Header();

  bool HasLoop() const {
    std::vector<size_t> position(graph().blocks().size(), 0);
    for (size_t i = 0; i < plan_.order.size(); ++i) position[plan_.order[i].index] = i;
    for (BlockId id : plan_.order) {
      for (const flowgraph::Link& link : graph().block(id).exit.links) {
        if (position[link.target.index] <= position[id.index]) return true;
      }
    }
    return false;
  }

  // A bound on how much is on the stack at once: what an expression, which is not deep, or the
  // arguments of a call or a link and one expression more need.
  size_t MaxStack() const {
    size_t most = 0;
    for (const flowgraph::Block& block : graph().blocks()) {
      for (const Operation& op : block.ops) most = std::max(most, op.args.size());
      for (const flowgraph::Link& link : block.exit.links) most = std::max(most, link.args.size());
      most = std::max(most, block.on_exception.args.size());
    }
    return 2 * most + kExpressionStack;
  }

  std::optional<int64_t> ConstantOf(ValueId id) const {
    if (!graph().IsConstant(id)) return std::nullopt;
    const flowgraph::Constant& constant = graph().value(id).constant;
    if (constant.kind != Constant::Kind::kScalar) return std::nullopt;
    return static_cast<int64_t>(constant.bits);
  }

  void Scalar(TypeKind kind, uint64_t bits) {
    switch (kind) {
      case TypeKind::kF64:
        return code_.Float64(bits);
      case TypeKind::kF32:
        return code_.Float32(
            std::bit_cast<uint32_t>(static_cast<float>(std::bit_cast<double>(bits))));
      case TypeKind::kI64:
      case TypeKind::kU64:
        return code_.Int64(static_cast<int64_t>(bits));
      default:
        return code_.Int32(static_cast<int32_t>(bits));
    }
  }

  // An index is an i64 here and an int32 for the host.
  void PushIndex(StackWriter& writer, ValueId id) {
    if (std::optional<int64_t> constant = ConstantOf(id)) {
      return code_.Int32(static_cast<int32_t>(*constant));
    }
    const Operation* op = writer.FoldedOperation(id);
    if (op != nullptr && op->opcode == Opcode::kConvert && IsInt(KindOfValue(op->args[0])) &&
        BitWidth(KindOfValue(op->args[0])) <= 32) {
      return writer.Push(op->args[0]);
    }
    writer.Push(id);
    code_.Op("conv.i4");
  }

  // Whether an earlier statement has left the first thing that this expression pushes.
  bool IsOnStack(ValueId id) const {
    const backend_common::ValuePlan* value = &plan_.value(id);
    while (value->form == backend_common::ValuePlan::Form::kFolded) {
      const Operation& op = graph().block(value->block).ops[value->op];
      if (op.args.empty()) return false;
      value = &plan_.value(op.args[0]);
    }
    return value->form == backend_common::ValuePlan::Form::kStack;
  }

  // Of a length that is known, and that Weft.Memory does not look at twice.
  bool IsSmallArray(const Operation& op) const {
    std::optional<int64_t> length = ConstantOf(op.args[0]);
    return !IsString(ContainerId(op.imm)) && length.has_value() && *length >= 0 && *length < 512;
  }

  bool IsString(ContainerId id) const {
    return program_.containers.Get(id).kind == ContainerKind::kString;
  }

  const lltype::Field& FieldOf(const Operation& op) const {
    return program_.containers.Get(ContainerId(op.imm)).fields[op.imm2];
  }
  const lltype::Field& ItemFieldOf(const Operation& op) const {
    return program_.containers.Get(ContainerId(op.imm)).item_fields[op.imm2];
  }

  TypeId SignatureOf(const Operation& op) const {
    switch (op.opcode) {
      case Opcode::kCall:
        return program_.function(FunctionId(op.imm)).type;
      case Opcode::kCallMethod:
        return program_.method(MethodId(op.imm)).type;
      case Opcode::kCallPointer:
        return graph().type(op.args[0]);
      default:
        return program_.external(ExternalId(op.imm)).type;
    }
  }

  // The type of an element of the tuple that this function returns.
  TypeId ResultElement(size_t element) const {
    return program_.types.List(program_.types.Element(function_.type))[element];
  }

  // ---- References at another class.

  void CastTo(ContainerId from, ContainerId to) {
    if (!types_.IsSubtype(from, to)) code_.Op("castclass", types_.Class(to));
  }

  void CastOperand(ValueId id, ContainerId to) {
    bool is_null =
        graph().IsConstant(id) && graph().value(id).constant.kind == Constant::Kind::kZero;
    if (is_null || KindOfValue(id) != TypeKind::kPtr) return;
    CastTo(program_.types.Container(graph().type(id)), to);
  }
  void CastOperand(ValueId id, TypeId to) {
    if (program_.types.Kind(to) == TypeKind::kPtr) CastOperand(id, program_.types.Container(to));
  }

  // What was loaded as `from` is the operation's result.
  void CastLoaded(TypeId from, const Operation& op) {
    if (!op.result.is_valid() || program_.types.Kind(from) != TypeKind::kPtr) return;
    CastTo(program_.types.Container(from), program_.types.Container(graph().type(op.result)));
  }
  void CastResult(const Operation& op) { CastLoaded(program_.types.Element(SignatureOf(op)), op); }

  ContainerId ExceptionClass() const {
    ClassId exception = program_.known.exception;
    WEFT_CHECK(exception.is_valid() && program_.cls(exception).container.is_valid(),
               "{}: an exception in a program without them", function_.name);
    return program_.cls(exception).container;
  }

  // ---- Operations.

  void UseFunctionObject(FunctionId id) {
    uses_.function_objects.insert(id);
    uses_.delegates.insert(program_.function(id).type);
  }

  uint32_t Place(SourceLoc loc) { return places_.Number(function_, loc); }

  void Check(std::string_view method, const Operation& op) {
    code_.Int32(static_cast<int32_t>(Place(op.loc)));
    code_.Op("call", fmt::format("void Weft.Checks::{}", method));
  }

  void CheckInstance(const Operation& op) {
    Label ok = writer_->NewLabel();
    Label end = writer_->NewLabel();
    code_.Op("dup");
    code_.Branch("brfalse", ok);
    code_.Op("dup");
    IsInstance(op);
    code_.Branch("brtrue", ok);
    code_.Op("ldstr", fmt::format("\"{}\"",
                                  EscapeString(program_.containers.Get(ContainerId(op.imm)).name)));
    code_.Int32(static_cast<int32_t>(Place(op.loc)));
    code_.Op("call", "void Weft.Failures::BadCast(object, string, int32)");
    code_.Branch("br", end);
    code_.Place(ok);
    code_.Op("pop");
    code_.Place(end);
  }

  static bool IsCall(Opcode opcode) {
    return opcode == Opcode::kCall || opcode == Opcode::kCallMethod ||
           opcode == Opcode::kCallPointer;
  }

  // The exception that was caught last, on its way to its handler.
  std::string CaughtField() const {
    return types_.Reference(ExceptionClass()) + " globals::'caught exception'";
  }

  // The host keeps variables in memory that live in a method with a range, and that would be those
  // of an interpreter's loop. So a call with a handler is made by a method of its own, which leaves
  // the exception in a global.
  void CallTried(const Operation& op) {
    TypeId type = SignatureOf(op);
    std::string name = Quoted(
        fmt::format("{} try {}", method_name_.substr(1, method_name_.size() - 2), helper_count_++));
    std::vector<std::string> parameters;
    if (op.opcode == Opcode::kCallPointer) parameters.push_back(types_.Spell(type));
    for (TypeId parameter : program_.types.List(type)) {
      parameters.push_back(types_.Spell(parameter));
    }
    std::string list = fmt::format("{}", fmt::join(parameters, ", "));
    TypeId result_type = program_.types.Element(type);
    std::string result = types_.Spell(result_type);
    bool is_void = result_type == TypeTable::Void();
    IlCode outer = std::exchange(code_, IlCode());
    helper_places_.push_back({name, at_place_});
    code_.Directive(".try {");
    for (uint32_t i = 0; i < parameters.size(); ++i) code_.LoadArgument(i);
    CallPlain(op);
    if (!is_void) code_.StoreLocal(0);
    code_.Branch("leave", 0);
    code_.Directive(fmt::format("}} catch {} {{", types_.Class(ExceptionClass())));
    code_.Op("stsfld", CaughtField());
    code_.Branch("leave", 0);
    code_.Directive("}");
    code_.Place(0);
    if (!is_void) code_.LoadLocal(0);
    code_.Op("ret");
    fmt::format_to(std::back_inserter(helpers_),
                   ".method assembly hidebysig static {} {}({}) cil managed {{\n.maxstack {}\n{}{}"
                   "}}\n",
                   result, name, list, parameters.size() + 1,
                   is_void ? "" : fmt::format(".locals init ({})\n", result), code_.text());
    code_ = std::move(outer);
    code_.Op("call", fmt::format("{} code::{}({})", result, name, list));
    CastResult(op);
  }

  void CallPlain(const Operation& op) {
    if (op.opcode == Opcode::kCall) {
      code_.Op("call", types_.Function(FunctionId(op.imm)));
    } else if (op.opcode == Opcode::kCallMethod) {
      CallMethod(op);
    } else {
      TypeId type = graph().type(op.args[0]);
      uses_.delegates.insert(type);
      code_.Op("callvirt",
               "instance " + types_.Signature(type, types_.DelegateName(type) + "::Invoke"));
    }
  }

  static std::string EscapeString(std::string_view text) {
    std::string out;
    for (char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out;
  }

  // The object itself, or null.
  void IsInstance(const Operation& op) {
    ContainerId container(op.imm);
    if (types_.Class(container) != "object") code_.Op("isinst", types_.Class(container));
  }

  // Raises MemoryError if there is no room. For an object with a handler, without a range: the host
  // keeps variables in memory that live in a method with one.
  void CheckHeap() {
    if (!in_try_ || tried_ != Opcode::kMalloc) {
      return code_.Op("call", "void Weft.HeapLimit::Check()");
    }
    Label room = writer_->NewLabel();
    code_.Op("call", "bool Weft.HeapLimit::IsDue()");
    code_.Branch("brfalse", room);
    code_.Op("call", "class [mscorlib]System.Exception Weft.HeapLimit::TryLook()");
    code_.Op("castclass", types_.Class(ExceptionClass()));
    code_.Op("stsfld", CaughtField());
    code_.Op("ldsfld", CaughtField());
    code_.Branch("brtrue", handler_);
    code_.Place(room);
  }

  void New(ContainerId container) {
    if (types_.IsRoot(container)) {
      return code_.Op("newobj", "instance void [mscorlib]System.Object::.ctor()");
    }
    code_.Op("newobj", fmt::format("instance void {}::.ctor()", types_.Class(container)));
  }

  void CallMethod(const Operation& op) {
    MethodId method(op.imm);
    uses_.methods.insert(method);
    TypeId type = program_.method(method).type;
    ContainerId owner = program_.types.Container(program_.types.List(type)[0]);
    std::string name = backend_cli::MethodName(program_, method);
    if (types_.IsRoot(owner)) {
      // No class of the program introduces it: a static method finds out.
      code_.Op("call", types_.Signature(type, fmt::format("places::{}", name)));
    } else {
      code_.Op("callvirt",
               "instance " +
                   types_.Signature(type, fmt::format("{}::{}", types_.Class(owner), name), 1));
    }
  }

  void CallExternal(const Operation& op) {
    const flowgraph::ExternalInfo& external = program_.external(ExternalId(op.imm));
    if (external.host.is_valid()) {
      uses_.externals.insert(ExternalId(op.imm));
      return code_.Op("call", HostBridge(types_, ExternalId(op.imm)));
    }
    const char* owner = ExternalOwner(external.symbol);
    WEFT_CHECK(owner != nullptr, "{}: no external {}", function_.name, external.symbol);
    std::string parameters;
    for (TypeId parameter : program_.types.List(external.type)) {
      if (!parameters.empty()) parameters += ", ";
      parameters += types_.SpellField(parameter);
    }
    code_.Op("call",
             fmt::format("{} {}::{}({})", types_.SpellField(program_.types.Element(external.type)),
                         owner, external.symbol, parameters));
  }

  static std::string_view ElementSuffix(const Program& program, TypeId type, bool stores) {
    switch (program.types.Kind(type)) {
      case TypeKind::kI8:
        return "i1";
      case TypeKind::kBool:
      case TypeKind::kU8:
        return stores ? "i1" : "u1";
      case TypeKind::kI16:
        return "i2";
      case TypeKind::kU16:
        return stores ? "i2" : "u2";
      case TypeKind::kI32:
        return "i4";
      case TypeKind::kU32:
        return stores ? "i4" : "u4";
      case TypeKind::kI64:
      case TypeKind::kU64:
        return "i8";
      case TypeKind::kF32:
        return "r4";
      case TypeKind::kF64:
        return "r8";
      default:
        return "ref";
    }
  }
  std::string_view ElementSuffix(TypeId type, bool stores) const {
    return ElementSuffix(program_, type, stores);
  }

  void GetItem(const Operation& op) {
    ContainerId container(op.imm);
    if (IsString(container) || types_.HasPlainItems(container)) {
      return code_.Op(fmt::format("ldelem.{}", ElementSuffix(ItemFieldOf(op).type, false)));
    }
    code_.Op("ldfld", types_.ItemField(container, op.imm2));
    CastLoaded(ItemFieldOf(op).type, op);
  }

  void MakeTuple() {
    TypeId tuple = program_.types.Element(function_.type);
    std::string parameters;
    for (TypeId element : program_.types.List(tuple)) {
      if (!parameters.empty()) parameters += ", ";
      parameters += types_.Spell(element);
    }
    code_.Op("newobj",
             fmt::format("instance void {}::.ctor({})", types_.TupleName(tuple), parameters));
  }

  const CliTypes& types_;
  const Program& program_;
  const FunctionInfo& function_;
  FunctionId id_;
  PlaceTable& places_;
  MethodUses& uses_;
  absl::flat_hash_map<std::string, uint32_t> kinds_;
  std::string method_name_ = types_.FunctionName(id_);
  StackPlan plan_;
  StackWriter* writer_ = nullptr;
  IlCode code_;
  // For each local of the plan, its number among the method's; the types of those.
  std::vector<uint32_t> numbers_;
  std::vector<std::string> local_types_;
  absl::flat_hash_map<TypeId, uint32_t> tuple_locals_;
  // EndTry has stored the tuple that TupleArrived is about to hear of.
  bool tuple_has_arrived_ = false;
  // Within a try range: where its text begins; the operation that it is about.
  bool in_try_ = false;
  Label handler_ = 0;
  size_t try_begin_ = 0;
  Opcode tried_ = Opcode::kCall;
  // Calls that have to drop a result before they go on to a handler.
  std::vector<std::pair<Label, Label>> unwinds_;
  // The methods that hold tried calls of a function with a loop.
  bool has_loop_ = false;
  std::string helpers_;
  int helper_count_ = 0;
  FileId at_file_;
  static constexpr uint32_t kNoPlace = 0xffffffffu;
  uint32_t at_place_ = kNoPlace;
  std::vector<std::pair<std::string, uint32_t>> helper_places_;
};

// Dense ranges of cases become tables; what is far apart is compared one by one.
void MethodEmitter::Switch(TypeId type, const std::vector<int64_t>& cases,
                           const std::vector<Label>& targets) {
  TypeKind kind = program_.types.Kind(type);
  bool is_wide = kind == TypeKind::kI64 || kind == TypeKind::kU64;
  std::vector<std::pair<int64_t, Label>> sorted;
  for (size_t i = 0; i < cases.size(); ++i) sorted.push_back({cases[i], targets[i]});
  std::sort(sorted.begin(), sorted.end());
  Label otherwise = targets.back();
  // The value is needed once for each range.
  uint32_t local = NewLocal(types_.Spell(type));
  code_.StoreLocal(local);
  for (size_t first = 0; first < sorted.size();) {
    size_t last = first;
    while (last + 1 < sorted.size() && static_cast<uint64_t>(sorted[last + 1].first) -
                                               static_cast<uint64_t>(sorted[last].first) <=
                                           8) {
      ++last;
    }
    code_.LoadLocal(local);
    if (last - first < 3) {
      for (size_t i = first; i <= last; ++i) {
        if (i > first) code_.LoadLocal(local);
        Scalar(kind, static_cast<uint64_t>(sorted[i].first));
        code_.Branch("beq", sorted[i].second);
      }
    } else {
      int64_t base = sorted[first].first;
      if (base != 0) {
        Scalar(kind, static_cast<uint64_t>(base));
        code_.Op("sub");
      }
      size_t count = static_cast<size_t>(sorted[last].first - base) + 1;
      Label beyond = writer_->NewLabel();
      if (is_wide) {
        // The table is asked with 32 bits.
        code_.Op("dup");
        code_.Int64(static_cast<int64_t>(count));
        Label within = writer_->NewLabel();
        code_.Branch("blt.un", within);
        code_.Op("pop");
        code_.Branch("br", beyond);
        code_.Place(within);
        code_.Op("conv.i4");
      }
      std::vector<std::string> labels(count, fmt::format("L{}", beyond));
      for (size_t i = first; i <= last; ++i) {
        labels[static_cast<size_t>(sorted[i].first - base)] = fmt::format("L{}", sorted[i].second);
      }
      code_.Switch(labels.data(), labels.size());
      code_.Place(beyond);
    }
    first = last + 1;
  }
  code_.Branch("br", otherwise);
}

std::string MethodEmitter::Header() {
  std::string parameters;
  auto list = program_.types.List(function_.type);
  for (TypeId parameter : list) {
    if (!parameters.empty()) parameters += ", ";
    parameters += types_.Spell(parameter);
  }
  std::string text =
      fmt::format(".method assembly hidebysig static {} {}({}) cil managed {{\n",
                  types_.Spell(program_.types.Element(function_.type)), method_name_, parameters);
  fmt::format_to(std::back_inserter(text), ".maxstack {}\n", MaxStack());
  if (!local_types_.empty()) {
    text += ".locals init (";
    for (size_t i = 0; i < local_types_.size(); ++i) {
      fmt::format_to(std::back_inserter(text), "{}{}", i > 0 ? ", " : "", local_types_[i]);
    }
    text += ")\n";
  }
  return text;
}

}  // namespace

const char* ExternalOwner(std::string_view symbol) {
#define WEFT_CLI_EXTERNAL(name, owner) \
  if (symbol == name) return owner;
#include "backend_cli/externals.def"
  return nullptr;
}

std::string LoadAtName(const CliTypes& types, TypeId type) {
  return fmt::format("places::{}", Quoted("load " + types.SpellField(type)));
}

std::string StoreAtName(const CliTypes& types, TypeId type) {
  return fmt::format("places::{}", Quoted("store " + types.SpellField(type)));
}

std::string EmitMethod(const CliTypes& types, FunctionId id, bool may_nest, PlaceTable* places,
                       MethodUses* uses) {
  return MethodEmitter(types, id, places, uses).Run(may_nest);
}

}  // namespace weft::backend_cli
