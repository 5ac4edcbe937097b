#include "annotator/solver.h"

#include <algorithm>

#include "common/check.h"

namespace weft::annotator {
namespace {

// A cell whose integers have grown this often is widened from then on.
constexpr uint32_t kWidenAfter = 3;
// A set of classes larger than this says little more than the static type, and would take as many
// steps to grow.
constexpr size_t kMaxSet = 24;

}  // namespace

ClassTree::ClassTree(const Program& program)
    : enter_(program.classes.size()), leave_(program.classes.size()) {
  std::vector<std::vector<uint32_t>> children(program.classes.size());
  std::vector<std::pair<uint32_t, size_t>> stack;
  uint32_t time = 0;
  for (size_t c = 0; c < program.classes.size(); ++c) {
    ClassId parent = program.classes[c].parent;
    if (parent.is_valid()) children[parent.index].push_back(static_cast<uint32_t>(c));
  }
  for (size_t root = 0; root < program.classes.size(); ++root) {
    if (program.classes[root].parent.is_valid()) continue;
    enter_[root] = time++;
    stack.emplace_back(root, 0);
    while (!stack.empty()) {
      auto& [cls, next] = stack.back();
      if (next == children[cls].size()) {
        leave_[cls] = time;
        stack.pop_back();
        continue;
      }
      uint32_t child = children[cls][next++];
      enter_[child] = time++;
      stack.emplace_back(child, 0);
    }
  }
}

Solver::Solver(Program& program, Annotations& result)
    : program_(program),
      out_(result),
      sets_(result.sets),
      tree_(program),
      is_taken_(program.functions.size()),
      method_nodes_(program.classes.size()),
      states_(program.functions.size()),
      is_queued_(program.functions.size()) {
  out_.functions.resize(program.functions.size());
  out_.is_instantiated.resize(program.classes.size());
}

Solver::CellId Solver::AddCell(TypeId type) {
  cells_.push_back({.type = type});
  return CellId(cells_.size() - 1);
}

Solver::CellId Solver::Find(CellId cell) const {
  while (cells_[cell.index].same_as.is_valid()) cell = cells_[cell.index].same_as;
  return cell;
}

const Fact& Solver::Read(CellId id) {
  Cell& cell = cells_[Find(id).index];
  cell.readers.insert(at_.index);
  return cell.fact;
}

void Solver::Changed(Cell& cell) {
  for (uint32_t reader : cell.readers) {
    if (is_queued_[reader]) continue;
    is_queued_[reader] = true;
    again_.push_back(FunctionId(reader));
  }
}

void Solver::Write(CellId id, const Fact& fact, ValueId value, SourceLoc loc) {
  if (fact.is_nothing() || !writes_) return;
  Cell& cell = cells_[Find(id).index];
  Fact joined = Join(sets_, cell.fact, fact);
  if (joined == cell.fact) return;
  if (cell.changes++ >= kWidenAfter && joined.kind == FactKind::kInt) {
    joined = Widen(sets_, program_.types.Kind(cell.type), cell.fact, joined);
  }
  if (joined.kind == FactKind::kReference && joined.set != FactSets::kAny &&
      sets_.Members(joined.set).size() > kMaxSet) {
    joined.set = FactSets::kAny;
  }
  cell.fact = joined;
  cell.cause = {.function = at_, .value = value, .loc = loc};
  Changed(cell);
  for (CellId to : cell.flows_to) Write(to, cell.fact, value, loc);
}

void Solver::Merge(CellId a, CellId b) {
  a = Find(a);
  b = Find(b);
  if (a == b) return;
  Cell& from = cells_[a.index];
  Cell& to = cells_[b.index];
  from.same_as = b;
  Fact joined = Join(sets_, from.fact, to.fact);
  bool changes_from = joined != from.fact;
  bool changes_to = joined != to.fact;
  if (to.fact.is_nothing()) to.cause = from.cause;
  to.fact = joined;
  if (changes_from) Changed(from);
  if (changes_to) Changed(to);
  to.flows_to.insert(to.flows_to.end(), from.flows_to.begin(), from.flows_to.end());
  to.readers.insert(from.readers.begin(), from.readers.end());
  from.readers.clear();
}

void Solver::MakeCells() {
  const TypeTable& types = program_.types;
  auto of_fields = [&](const std::vector<flowgraph::FieldInfo>& fields) {
    std::vector<CellId> cells;
    for (const flowgraph::FieldInfo& field : fields) cells.push_back(AddCell(field.type));
    return cells;
  };
  for (const flowgraph::ClassInfo& cls : program_.classes) {
    class_field_cells_.push_back(of_fields(cls.fields));
  }
  for (const flowgraph::ValueClassInfo& cls : program_.value_classes) {
    value_field_cells_.push_back(of_fields(cls.fields));
    // A value comes into being in too many ways to ask which of them leave zeros.
    for (CellId cell : value_field_cells_.back()) {
      cells_[cell.index].fact = ZeroFact(types, cells_[cell.index].type);
    }
  }
  for (const flowgraph::GlobalInfo& global : program_.globals) {
    CellId cell = AddCell(global.type);
    global_cells_.push_back(cell);
    if (types.Kind(global.type) == TypeKind::kTable) continue;
    Constant initial = global.initial;
    cells_[cell.index].fact = ConstantFact(types, sets_, global.type, initial);
    if (initial.kind == Constant::Kind::kFunction) TakeFunction(FunctionId(initial.bits));
  }
  for (const flowgraph::GlobalInfo& global : program_.globals) {
    // Values in tables were never made by an operation.
    if (types.Kind(global.type) != TypeKind::kTable) continue;
    for (const Constant& item : global.items) {
      if (item.kind == Constant::Kind::kFunction) TakeFunction(FunctionId(item.bits));
    }
    if (types.Kind(types.Element(global.type)) != TypeKind::kValue) continue;
    std::vector<TypeId> work = {types.Element(global.type)};
    while (!work.empty()) {
      ValueClassId cls = types.ValueClass(work.back());
      work.pop_back();
      for (size_t i = 0; i < value_field_cells_[cls.index].size(); ++i) {
        Cell& cell = cells_[value_field_cells_[cls.index][i].index];
        if (types.Kind(cell.type) == TypeKind::kValue) {
          work.push_back(cell.type);
        } else {
          cell.fact = TopFact(types, cell.type);
        }
      }
    }
  }
  for (const auto& function : program_.functions) {
    std::vector<CellId> cells;
    for (TypeId type : types.List(function->type)) cells.push_back(AddCell(type));
    parameter_cells_.push_back(std::move(cells));
    result_cells_.push_back(AddCell(types.Element(function->type)));
  }
  TypeId exception;
  if (program_.known.exception.is_valid()) {
    exception = program_.types.Object(program_.known.exception);
  }
  raised_ = AddCell(exception);
  weak_ = AddCell(exception);
}

Solver::CellId Solver::ArrayCell(TypeId array) {
  auto [it, inserted] = array_cells_.try_emplace(array, CellId(cells_.size()));
  if (inserted) AddCell(program_.types.Element(array));
  return it->second;
}

Solver::CellId Solver::PlaceCell(TypeId element) {
  auto [it, inserted] = place_cells_.try_emplace(element, CellId(cells_.size()));
  if (inserted) AddCell(element);
  return it->second;
}

Solver::CellId Solver::ValueLeaf(TypeId type, const std::vector<uint32_t>& path, size_t first) {
  CellId cell;
  for (size_t i = first; i < path.size(); ++i) {
    ValueClassId cls = program_.types.ValueClass(type);
    cell = value_field_cells_[cls.index][path[i]];
    type = program_.value_class(cls).fields[path[i]].type;
  }
  if (program_.types.Kind(type) == TypeKind::kValue) return {};
  return cell;
}

Solver::CellId Solver::FieldLeaf(const Operation& op) {
  const std::vector<uint32_t>& path = program_.path(PathId(op.imm2));
  TypeId type = program_.cls(ClassId(op.imm)).fields[path[0]].type;
  if (program_.types.Kind(type) != TypeKind::kValue) return class_field_cells_[op.imm][path[0]];
  return ValueLeaf(type, path, 1);
}

Solver::CellId Solver::GlobalLeaf(const Operation& op) {
  TypeId type = program_.global(GlobalId(op.imm)).type;
  if (program_.types.Kind(type) != TypeKind::kValue) return global_cells_[op.imm];
  return ValueLeaf(type, program_.path(PathId(op.imm2)), 0);
}

Solver::CellId Solver::ArrayLeaf(TypeId array, const Operation& op) {
  TypeId type = program_.types.Element(array);
  if (program_.types.Kind(type) != TypeKind::kValue) return ArrayCell(array);
  return ValueLeaf(type, program_.path(PathId(op.imm2)), 0);
}

Solver::CellId Solver::PlaceLeaf(TypeId place, const Operation& op) {
  TypeId type = program_.types.Element(place);
  if (program_.types.Kind(type) != TypeKind::kValue) return PlaceCell(type);
  return ValueLeaf(type, program_.path(PathId(op.imm2)), 0);
}

void Solver::Reach(FunctionId function) {
  FunctionAnnotations& facts = out_.functions[function.index];
  if (facts.is_reachable || !writes_) return;
  facts.is_reachable = true;
  is_queued_[function.index] = true;
  new_functions_.push_back(function);
}

void Solver::TakeFunction(FunctionId function) {
  if (is_taken_[function.index]) return;
  is_taken_[function.index] = true;
  taken_by_type_[program_.function(function).type].push_back(function);
  auto node = pointer_nodes_.find(program_.function(function).type);
  if (node != pointer_nodes_.end()) AddTarget(node->second, function, {});
}

void Solver::Run() {
  MakeCells();
  // What the outside can put into an array that it has or makes.
  auto fill = [&](TypeId type) {
    if (program_.types.Kind(type) != TypeKind::kArray) return;
    Fact item = TopFact(program_.types, program_.types.Element(type));
    item.may_be_null = false;
    Cell& items = cells_[ArrayCell(type).index];
    items.fact = Join(sets_, items.fact, item);
  };
  program_.ForEachRoot([&](FunctionId id) {
    Reach(id);
    // What the outside passes: the arguments of the program, which are there, or anything to a
    // function that is exported.
    bool is_exported = program_.function(id).is_exported();
    for (CellId cell : parameter_cells_[id.index]) {
      Fact fact = TopFact(program_.types, cells_[cell.index].type);
      if (!is_exported) fact.may_be_null = false;
      TypeId type = cells_[cell.index].type;
      cells_[cell.index].fact = fact;
      fill(type);
    }
    fill(program_.types.Element(program_.function(id).type));
  });
  while (!new_functions_.empty() || !again_.empty()) {
    FunctionId next;
    if (!new_functions_.empty()) {
      next = new_functions_.back();
      new_functions_.pop_back();
    } else {
      next = again_.front();
      again_.pop_front();
    }
    // It may have been visited within another one.
    if (!is_queued_[next.index]) continue;
    is_queued_[next.index] = false;
    Visit(next);
  }
  Finish();
}

void Solver::Finish() {
  auto summary = [&](CellId cell) {
    const Cell& c = cells_[Find(cell).index];
    return Summary{c.fact, c.cause};
  };
  auto summaries = [&](const std::vector<std::vector<CellId>>& cells,
                       std::vector<std::vector<Summary>>& to) {
    for (const std::vector<CellId>& list : cells) {
      std::vector<Summary>& row = to.emplace_back();
      for (CellId cell : list) row.push_back(summary(cell));
    }
  };
  summaries(class_field_cells_, out_.class_fields);
  summaries(value_field_cells_, out_.value_fields);
  for (CellId cell : global_cells_) out_.globals.push_back(summary(cell));
  is_recording_ = true;
  for (size_t f = 0; f < out_.functions.size(); ++f) {
    FunctionAnnotations& facts = out_.functions[f];
    for (CellId cell : parameter_cells_[f]) facts.parameters.push_back(summary(cell));
    facts.result = summary(result_cells_[f]);
    facts.returns = !facts.result.fact.is_nothing();
    if (facts.is_reachable && !program_.functions[f]->graph.empty()) Visit(FunctionId(f));
    // Found along the dominator tree.
    std::stable_sort(facts.findings.begin(), facts.findings.end(),
                     [](const OperationFinding& a, const OperationFinding& b) {
                       return std::pair(a.block, a.index) < std::pair(b.block, b.index);
                     });
  }
}

}  // namespace weft::annotator
