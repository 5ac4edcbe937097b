// What one operation gives, from what is known of its operands.

#include <algorithm>
#include <bit>
#include <limits>

#include "annotator/solver.h"
#include "flowgraph/fold.h"

namespace weft::annotator {

namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// The range, if it lies within the type; all of the type, because it may wrap, otherwise.
Fact Ranged(TypeKind kind, __int128 lo, __int128 hi) {
  auto [min, max] = BoundsOf(kind);
  if (lo < min || hi > max) return IntFact(min, max);
  // The bounds of a u64 stand for themselves only below 2^63.
  if (kind == TypeKind::kU64 && lo < 0) return IntFact(min, max);
  return IntFact(static_cast<int64_t>(lo), static_cast<int64_t>(hi));
}

}  // namespace

Fact Solver::Evaluate(const Operation& op) {
  TypeId type = op.result.is_valid() ? graph_->type(op.result) : TypeTable::Void();
  // An operand that is never computed: neither is this.
  for (ValueId arg : op.args) {
    if (FactOf(arg).is_nothing()) return {};
  }
  if (op.info().Has(flowgraph::kFold) && !op.args.empty() && op.args.size() <= 3) {
    uint64_t bits[3] = {};
    bool is_constant = true;
    for (size_t i = 0; i < op.args.size() && is_constant; ++i) {
      Fact fact = FactOf(op.args[i]);
      is_constant = (fact.kind == FactKind::kInt && fact.lo == fact.hi) ||
                    (fact.kind == FactKind::kFloat && fact.is_constant);
      bits[i] = static_cast<uint64_t>(fact.lo);
    }
    TypeKind kind = program_.types.Kind(type);
    uint64_t value = 0;
    if (is_constant && (IsInt(kind) || IsFloat(kind)) &&
        flowgraph::EvaluateScalar(op.opcode, program_.types.Kind(graph_->type(op.args.back())),
                                  kind, bits, &value)) {
      return ConstantFact(program_.types, sets_, type, {Constant::Kind::kScalar, value});
    }
  }
  switch (op.opcode) {
    case Opcode::kSelect: {
      Fact condition = FactOf(op.args[0]);
      if (condition.hi == 0) return FactOf(op.args[2]);
      if (condition.lo == 1) return FactOf(op.args[1]);
      return Join(sets_, FactOf(op.args[1]), FactOf(op.args[2]));
    }
    case Opcode::kExpect:
    case Opcode::kPromote:
      return FactOf(op.args[0]);
    case Opcode::kEq:
    case Opcode::kNe:
    case Opcode::kLt:
    case Opcode::kLe:
    case Opcode::kGt:
    case Opcode::kGe:
    case Opcode::kIsa:
      return EvaluateComparison(op);
    case Opcode::kClz:
    case Opcode::kCtz:
    case Opcode::kPopcount:
      return IntFact(0, BitWidth(program_.types.Kind(graph_->type(op.args[0]))));
    default:
      break;
  }
  if (op.result.is_valid() && IsInt(program_.types.Kind(type)) &&
      op.info().stages == flowgraph::OpStages::Both && op.info().Has(flowgraph::kFold)) {
    return EvaluateInt(op, type);
  }
  return EvaluateMemory(op, type);
}

Fact Solver::EvaluateInt(const Operation& op, TypeId type) {
  TypeKind kind = program_.types.Kind(type);
  Fact top = TopFact(program_.types, type);
  Fact a = FactOf(op.args[0]);
  if (op.opcode == Opcode::kConvert) {
    if (a.kind != FactKind::kInt || kind == TypeKind::kBool) return top;
    // A u64 without bounds may be anything.
    if (program_.types.Kind(graph_->type(op.args[0])) == TypeKind::kU64 && a.lo < 0) return top;
    return Ranged(kind, a.lo, a.hi);
  }
  if (op.args.size() != 2 || a.kind != FactKind::kInt) return top;
  Fact b = FactOf(op.args[1]);
  if (b.kind != FactKind::kInt) return top;
  if (kind == TypeKind::kU64 && (a.lo < 0 || b.lo < 0) && op.opcode != Opcode::kAnd) return top;
  using Wide = __int128;
  switch (op.opcode) {
    case Opcode::kAdd:
      return Ranged(kind, Wide{a.lo} + b.lo, Wide{a.hi} + b.hi);
    case Opcode::kSub:
      return Ranged(kind, Wide{a.lo} - b.hi, Wide{a.hi} - b.lo);
    case Opcode::kMul: {
      Wide corners[] = {Wide{a.lo} * b.lo, Wide{a.lo} * b.hi, Wide{a.hi} * b.lo, Wide{a.hi} * b.hi};
      return Ranged(kind, *std::min_element(corners, corners + 4),
                    *std::max_element(corners, corners + 4));
    }
    case Opcode::kDiv:
      if (a.lo >= 0 && b.lo > 0) return IntFact(a.lo / b.hi, a.hi / b.lo);
      return top;
    case Opcode::kRem:
      if (b.lo > 0) {
        return IntFact(a.lo >= 0 ? 0 : std::max(a.lo, -(b.hi - 1)),
                       a.hi <= 0 ? 0 : std::min(a.hi, b.hi - 1));
      }
      return top;
    case Opcode::kAnd:
      // A mask that is not negative bounds the result.
      if (a.lo >= 0 && b.lo >= 0) return IntFact(0, std::min(a.hi, b.hi));
      if (a.lo >= 0) return IntFact(0, a.hi);
      if (b.lo >= 0) return IntFact(0, b.hi);
      return top;
    case Opcode::kOr:
    case Opcode::kXor: {
      if (a.lo < 0 || b.lo < 0) return top;
      auto bits = static_cast<uint64_t>(a.hi | b.hi);
      int64_t all = bits == 0 ? 0 : static_cast<int64_t>(~uint64_t{0} >> std::countl_zero(bits));
      return IntFact(0, std::min(all, BoundsOf(kind).second));
    }
    case Opcode::kShr:
      if (a.lo >= 0 && b.lo == b.hi && b.lo >= 0 && b.lo < BitWidth(kind)) {
        return IntFact(a.lo >> b.lo, a.hi >> b.lo);
      }
      if (a.lo >= 0) return IntFact(0, a.hi);
      return top;
    case Opcode::kShl:
      if (a.lo >= 0 && b.lo == b.hi && b.lo >= 0 && b.lo < BitWidth(kind)) {
        return Ranged(kind, Wide{a.lo} << b.lo, Wide{a.hi} << b.lo);
      }
      return top;
    default:
      return top;
  }
}

Fact Solver::EvaluateComparison(const Operation& op) {
  const Fact unknown = IntFact(0, 1);
  auto known = [](bool value) { return IntFact(value, value); };
  Fact a = FactOf(op.args[0]);
  if (op.opcode == Opcode::kIsa) {
    if (a.set == FactSets::kEmpty) return known(false);
    if (a.set == FactSets::kAny) return unknown;
    bool all = true;
    bool any = false;
    for (uint32_t member : sets_.Members(a.set)) {
      bool is_instance = tree_.IsSubclass(ClassId(member), ClassId(op.imm));
      all &= is_instance;
      any |= is_instance;
    }
    if (!any) return known(false);
    return all && !a.may_be_null ? known(true) : unknown;
  }
  Fact b = FactOf(op.args[1]);
  bool is_eq = op.opcode == Opcode::kEq;
  if (a.kind == FactKind::kReference || a.kind == FactKind::kFunction) {
    if (a.set == FactSets::kEmpty && b.set == FactSets::kEmpty) return known(is_eq);
    if (a.may_be_null && b.may_be_null) return unknown;
    // Not both are null; if no object is both, they differ.
    if (a.set == FactSets::kEmpty || b.set == FactSets::kEmpty) return known(!is_eq);
    if (a.set == FactSets::kAny || b.set == FactSets::kAny) return unknown;
    std::span<const uint32_t> x = sets_.Members(a.set);
    std::span<const uint32_t> y = sets_.Members(b.set);
    for (uint32_t member : x) {
      if (std::binary_search(y.begin(), y.end(), member)) {
        bool is_same = a.kind == FactKind::kFunction && x.size() == 1 && y.size() == 1 &&
                       !a.may_be_null && !b.may_be_null;
        return is_same ? known(is_eq) : unknown;
      }
    }
    return known(!is_eq);
  }
  if (a.kind != FactKind::kInt || b.kind != FactKind::kInt) return unknown;
  if (program_.types.Kind(graph_->type(op.args[0])) == TypeKind::kU64 && (a.lo < 0 || b.lo < 0)) {
    return unknown;
  }
  switch (op.opcode) {
    case Opcode::kEq:
    case Opcode::kNe:
      if (a.hi < b.lo || b.hi < a.lo) return known(!is_eq);
      if (a.lo == a.hi && a == b) return known(is_eq);
      return unknown;
    case Opcode::kLt:
      return a.hi < b.lo ? known(true) : a.lo >= b.hi ? known(false) : unknown;
    case Opcode::kLe:
      return a.hi <= b.lo ? known(true) : a.lo > b.hi ? known(false) : unknown;
    case Opcode::kGt:
      return a.lo > b.hi ? known(true) : a.hi <= b.lo ? known(false) : unknown;
    default:
      return a.lo >= b.hi ? known(true) : a.hi < b.lo ? known(false) : unknown;
  }
}

void Solver::Instantiate(ClassId cls) {
  if (out_.is_instantiated[cls.index] || !writes_) return;
  out_.is_instantiated[cls.index] = true;
  instantiated_list_.push_back(cls);
  for (ClassId c = cls; c.is_valid(); c = program_.cls(c).parent) {
    for (const auto& [method, node] : method_nodes_[c.index]) {
      FunctionId target = Implementation(cls, method);
      if (target.is_valid()) AddTarget(node, target, cls);
    }
  }
  FunctionId finalizer;
  for (ClassId c = cls; c.is_valid() && !finalizer.is_valid(); c = program_.cls(c).parent) {
    finalizer = program_.cls(c).finalizer;
  }
  if (!finalizer.is_valid()) return;
  Reach(finalizer);
  Write(parameter_cells_[finalizer.index][0],
        {.kind = FactKind::kReference, .set = sets_.Single(cls.index)}, {}, program_.cls(cls).loc);
}

FunctionId Solver::Implementation(ClassId cls, MethodId method) {
  auto [it, inserted] = implementations_.try_emplace({cls, method});
  if (inserted) it->second = program_.FindImplementation(cls, method);
  return it->second;
}

void Solver::TargetsOf(const Operation& op, std::vector<FunctionId>& targets) {
  if (op.opcode == Opcode::kCall) {
    targets.push_back(FunctionId(op.imm));
    return;
  }
  Fact fact = FactOf(op.args[0]);
  if (op.opcode == Opcode::kCallVirtual) {
    auto add = [&](ClassId cls) {
      FunctionId target = Implementation(cls, MethodId(op.imm));
      if (target.is_valid()) targets.push_back(target);
    };
    for (uint32_t member : sets_.Members(fact.set)) add(ClassId(member));
  } else if (op.opcode == Opcode::kCallPointer) {
    for (uint32_t member : sets_.Members(fact.set)) {
      // A pointer cast to another type is called as what it is.
      if (program_.function(FunctionId(member)).type == graph_->type(op.args[0])) {
        targets.push_back(FunctionId(member));
      }
    }
  }
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
}

void Solver::AddFlow(CellId from, CellId to) {
  const Cell& cell = cells_[Find(from).index];
  Fact fact = cell.fact;
  Cause cause = cell.cause;
  cells_[Find(from).index].flows_to.push_back(to);
  Fact before = cells_[Find(to).index].fact;
  Write(to, fact, {}, cause.loc);
  // Whoever wrote it in the first place is the cause, not who is visited now.
  if (cells_[Find(to).index].fact != before) cells_[Find(to).index].cause = cause;
}

uint32_t Solver::AddNode(TypeId function_type) {
  Node node;
  for (TypeId type : program_.types.List(function_type)) node.parameters.push_back(AddCell(type));
  node.result = AddCell(program_.types.Element(function_type));
  nodes_.push_back(std::move(node));
  return static_cast<uint32_t>(nodes_.size() - 1);
}

void Solver::AddTarget(uint32_t node_index, FunctionId target, ClassId receiver) {
  Node& node = nodes_[node_index];
  const std::vector<CellId>& parameters = parameter_cells_[target.index];
  if (receiver.is_valid()) {
    // An implementation gets the objects that dispatch to it, whatever is passed to the others.
    Write(parameters[0], {.kind = FactKind::kReference, .set = sets_.Single(receiver.index)}, {},
          program_.cls(receiver).loc);
  }
  if (!node.is_target.insert(target).second) return;
  node.targets.push_back({target, false});
  Reach(target);
  for (size_t i = receiver.is_valid() ? 1 : 0; i < parameters.size(); ++i) {
    AddFlow(node.parameters[i], parameters[i]);
  }
  AddFlow(result_cells_[target.index], node.result);
}

Solver::Node* Solver::NodeOf(const Operation& op) {
  TypeId type = graph_->type(op.args[0]);
  if (op.opcode == Opcode::kCallPointer) {
    auto it = pointer_nodes_.find(type);
    if (it != pointer_nodes_.end()) return &nodes_[it->second];
    if (!writes_) return nullptr;
    uint32_t node = AddNode(type);
    pointer_nodes_[type] = node;
    // A copy: nothing is taken meanwhile, but functions are reached.
    const std::vector<FunctionId> taken = taken_by_type_[type];
    for (FunctionId function : taken) AddTarget(node, function, {});
    return &nodes_[node];
  }
  ClassId known = program_.types.Class(type);
  MethodId method(op.imm);
  for (const auto& [m, node] : method_nodes_[known.index]) {
    if (m == method) return &nodes_[node];
  }
  if (!writes_) return nullptr;
  uint32_t node = AddNode(program_.method(method).type);
  method_nodes_[known.index].emplace_back(method, node);
  for (size_t i = 0; i < instantiated_list_.size(); ++i) {
    ClassId cls = instantiated_list_[i];
    if (!tree_.IsSubclass(cls, known)) continue;
    FunctionId target = Implementation(cls, method);
    if (target.is_valid()) AddTarget(node, target, cls);
  }
  return &nodes_[node];
}

Fact Solver::CallNode(const Operation& op, Node& node) {
  auto index = static_cast<size_t>(&node - nodes_.data());
  state_->callees.push_back({FunctionId(states_.size() + index), is_caught_});
  // The function pointer is no argument, and the receiver one that each target knows for itself.
  size_t first = op.opcode == Opcode::kCallPointer ? 1 : 0;
  for (size_t i = 1; i < op.args.size(); ++i) {
    Write(node.parameters[i - first], FactOf(op.args[i]), op.args[i], op.loc);
  }
  return Read(node.result);
}

Fact Solver::CallTarget(FunctionId target, const Operation& op, size_t first_arg,
                        const Fact* receiver) {
  state_->callees.push_back({target, is_caught_});
  Reach(target);
  const std::vector<CellId>& parameters = parameter_cells_[target.index];
  for (size_t i = 0; i < parameters.size() && i + first_arg < op.args.size(); ++i) {
    ValueId arg = op.args[i + first_arg];
    Write(parameters[i], i == 0 && receiver != nullptr ? *receiver : FactOf(arg), arg, op.loc);
  }
  // A function that is new is looked at right away: until its result is known, nothing behind the
  // call is reached, and a function of many calls would have to be visited for each of them. The
  // limit keeps the stack short.
  constexpr int kMaxDepth = 64;
  if (writes_ && states_[target.index] == nullptr && depth_ < kMaxDepth) VisitWithin(target);
  return Read(result_cells_[target.index]);
}

Fact Solver::EvaluateCall(const Operation& op, bool& returns) {
  TypeId type = op.result.is_valid() ? graph_->type(op.result) : TypeTable::Void();
  for (ValueId arg : op.args) {
    if (FactOf(arg).is_nothing()) {
      returns = false;
      return {};
    }
  }
  if (op.opcode == Opcode::kCallExternal) {
    // A function handed to the outside may be called with anything.
    for (ValueId arg : op.args) {
      Fact fact = FactOf(arg);
      if (fact.kind != FactKind::kFunction || fact.set == FactSets::kAny) continue;
      for (uint32_t member : sets_.Members(fact.set)) {
        FunctionId function(member);
        state_->callees.push_back({function, is_caught_});
        Reach(function);
        for (CellId cell : parameter_cells_[member]) {
          Write(cell, TopFact(program_.types, cells_[cell.index].type), {}, op.loc);
        }
      }
    }
    // It may write anything into the arrays that it gets, as reading a file does.
    for (ValueId arg : op.args) {
      TypeId array = graph_->type(arg);
      if (program_.types.Kind(array) != TypeKind::kArray) continue;
      TypeId element = program_.types.Element(array);
      Write(ArrayCell(array), TopFact(program_.types, element), {}, op.loc);
    }
    if (program_.types.Kind(type) == TypeKind::kArray) {
      Write(ArrayCell(type), TopFact(program_.types, program_.types.Element(type)), {}, op.loc);
    }
    const flowgraph::ExternalInfo& external = program_.external(ExternalId(op.imm));
    returns = !external.is_noreturn;
    if (external.may_raise) {
      Write(raised_, {.kind = FactKind::kReference, .set = FactSets::kAny}, {}, op.loc);
    }
    return TopFact(program_.types, type);
  }
  Fact result;
  if (op.opcode != Opcode::kCall && FactOf(op.args[0]).set == FactSets::kAny) {
    Node* node = NodeOf(op);
    if (node != nullptr) result = CallNode(op, *node);
    returns = !result.is_nothing();
    if (returns) RefineNonNull(op.args[0]);
    return result;
  }
  std::vector<FunctionId> targets;
  TargetsOf(op, targets);
  for (FunctionId target : targets) {
    if (op.opcode != Opcode::kCallVirtual) {
      size_t first = op.opcode == Opcode::kCallPointer ? 1 : 0;
      result = Join(sets_, result, CallTarget(target, op, first, nullptr));
      continue;
    }
    Fact receiver = FactOf(op.args[0]);
    receiver.may_be_null = false;
    receiver.set = sets_.Filter(receiver.set, [&](uint32_t member) {
      return Implementation(ClassId(member), MethodId(op.imm)) == target;
    });
    result = Join(sets_, result, CallTarget(target, op, 0, &receiver));
  }
  returns = !result.is_nothing();
  // A call through a reference is also a proof that it is not null.
  if (op.opcode != Opcode::kCall && returns) RefineNonNull(op.args[0]);
  return result;
}

Fact Solver::EvaluateMemory(const Operation& op, TypeId type) {
  const TypeTable& types = program_.types;
  Fact top = TopFact(types, type);
  auto not_null = [&] {
    Fact fact = top;
    fact.may_be_null = false;
    return fact;
  };
  // What a cell holds, or all of the type when nothing is kept for it.
  auto read = [&](CellId cell) { return cell.is_valid() ? Read(cell) : top; };
  auto write = [&](CellId cell, ValueId value) {
    if (cell.is_valid()) Write(cell, FactOf(value), value, op.loc);
    return Fact{.kind = FactKind::kOther};
  };
  // A place: whatever is written through places of its type may be written there.
  auto place = [&](CellId cell) {
    if (cell.is_valid()) {
      Read(cell);
      CellId of_type = PlaceCell(types.Element(type));
      Read(of_type);
      Merge(cell, of_type);
    }
    return Fact{.kind = FactKind::kOther};
  };
  switch (op.opcode) {
    case Opcode::kNew: {
      Instantiate(ClassId(op.imm));
      for (CellId cell : state_->zero_fields[op.result]) {
        Write(cell, ZeroFact(types, cells_[cell.index].type), {}, op.loc);
      }
      return {.kind = FactKind::kReference, .set = sets_.Single(op.imm)};
    }
    case Opcode::kFieldGet: {
      if (FactOf(op.args[0]).set == FactSets::kEmpty) return {};
      RefineNonNull(op.args[0]);
      return read(FieldLeaf(op));
    }
    case Opcode::kFieldSet:
      if (FactOf(op.args[0]).set == FactSets::kEmpty) return {};
      write(FieldLeaf(op), op.args[1]);
      RefineNonNull(op.args[0]);
      return Fact{.kind = FactKind::kOther};
    case Opcode::kFieldRef:
      return place(FieldLeaf(op));
    case Opcode::kUpcast: {
      Fact fact = FactOf(op.args[0]);
      if (fact.set == FactSets::kAny) return fact;
      ClassId cls = types.Class(type);
      fact.set = sets_.Filter(
          fact.set, [&](uint32_t member) { return tree_.IsSubclass(ClassId(member), cls); });
      // A cast to what the object cannot be is never reached.
      if (fact.set == FactSets::kEmpty && !fact.may_be_null) return {};
      return fact;
    }
    case Opcode::kArrayNew:
      if (types.Kind(types.Element(type)) != TypeKind::kValue) {
        Write(ArrayCell(type), ZeroFact(types, types.Element(type)), {}, op.loc);
      }
      return not_null();
    case Opcode::kArrayGet:
      return read(ArrayLeaf(graph_->type(op.args[0]), op));
    case Opcode::kStrToBytesCopy: {
      TypeId array = graph_->type(op.args[0]);
      Write(ArrayCell(array), TopFact(types, types.Element(array)), {}, op.loc);
      return Fact{.kind = FactKind::kOther};
    }
    case Opcode::kArraySet:
      return write(ArrayLeaf(graph_->type(op.args[0]), op), op.args[2]);
    case Opcode::kArrayRef:
      return place(ArrayLeaf(graph_->type(op.args[0]), op));
    case Opcode::kArrayLength:
    case Opcode::kStrLength:
      return IntFact(0, kMax);
    case Opcode::kStrNew:
    case Opcode::kWeakRefNew:
      if (op.opcode == Opcode::kWeakRefNew) write(weak_, op.args[0]);
      return not_null();
    case Opcode::kWeakRefGet: {
      Fact fact = Read(weak_);
      fact.kind = FactKind::kReference;
      fact.may_be_null = true;
      if (!fact.set.is_valid()) fact.set = FactSets::kEmpty;
      return fact;
    }
    case Opcode::kValueMake: {
      const std::vector<CellId>& cells = value_field_cells_[op.imm];
      for (size_t i = 0; i < cells.size(); ++i) {
        if (types.Kind(cells_[cells[i].index].type) != TypeKind::kValue) {
          write(cells[i], op.args[i]);
        }
      }
      return {.kind = FactKind::kOther};
    }
    case Opcode::kValueGet:
      return read(ValueLeaf(graph_->type(op.args[0]), program_.path(PathId(op.imm2)), 0));
    case Opcode::kValueWith:
      return write(ValueLeaf(graph_->type(op.args[0]), program_.path(PathId(op.imm2)), 0),
                   op.args[1]);
    case Opcode::kLocal:
      if (types.Kind(TypeId(op.imm)) != TypeKind::kValue) {
        Write(PlaceCell(TypeId(op.imm)), ZeroFact(types, TypeId(op.imm)), {}, op.loc);
      }
      return {.kind = FactKind::kOther};
    case Opcode::kRefField: {
      TypeId value = types.Element(graph_->type(op.args[0]));
      return place(ValueLeaf(value, program_.path(PathId(op.imm2)), 0));
    }
    case Opcode::kRefGet:
      return read(PlaceLeaf(graph_->type(op.args[0]), op));
    case Opcode::kRefSet:
      return write(PlaceLeaf(graph_->type(op.args[0]), op), op.args[1]);
    case Opcode::kGlobalGet:
      return read(GlobalLeaf(op));
    case Opcode::kGlobalSet:
      return write(GlobalLeaf(op), op.args[0]);
    case Opcode::kGlobalRef:
      return place(GlobalLeaf(op));
    case Opcode::kTableGet: {
      const flowgraph::GlobalInfo& table = program_.global(GlobalId(op.imm));
      if (table.item_types.size() > 1 || top.kind == FactKind::kOther || table.items.empty()) {
        return top;
      }
      Fact fact;
      for (const Constant& item : table.items) {
        fact = Join(sets_, fact, ConstantFact(types, sets_, type, item));
      }
      return fact;
    }
    default:
      return top;
  }
}

}  // namespace weft::annotator
