#ifndef WEFT_ANNOTATOR_SOLVER_H_
#define WEFT_ANNOTATOR_SOLVER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "annotator/annotations.h"
#include "flowgraph/analysis.h"
#include "flowgraph/program.h"

// The fixpoint behind Annotate. Private to this folder.
namespace weft::annotator {

using flowgraph::Block;
using flowgraph::Constant;
using flowgraph::ExitKind;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;
using flowgraph::ValueKind;

// Whether every path to an object of the class makes it one of the ancestor's; by intervals of a
// preorder over the class tree, so in constant time.
class ClassTree {
 public:
  explicit ClassTree(const Program& program);
  bool IsSubclass(ClassId cls, ClassId ancestor) const {
    return enter_[ancestor.index] <= enter_[cls.index] &&
           enter_[cls.index] < leave_[ancestor.index];
  }

 private:
  std::vector<uint32_t> enter_;
  std::vector<uint32_t> leave_;
};

class Solver {
 public:
  Solver(Program& program, Annotations& result);

  // Runs to the fixpoint and fills the annotations.
  void Run();

  // A function that a call may run, and whether the call has a handler.
  struct Callee {
    FunctionId function;
    bool is_caught = false;
    friend auto operator<=>(const Callee&, const Callee&) = default;
  };
  // What a reached function may call, sorted; after Run. A call of too many functions to tell them
  // apart calls a node, whose number follows those of the functions and which calls them.
  std::span<const Callee> Callees(FunctionId function) const {
    if (function.index >= states_.size()) {
      return nodes_[function.index - states_.size()].targets;
    }
    const State* state = states_[function.index].get();
    return state == nullptr ? std::span<const Callee>() : state->callees;
  }
  // The number of functions and nodes.
  size_t callee_count() const { return states_.size() + nodes_.size(); }

 private:
  using CellId = TypedId<struct CellTag>;

  // A summary that grows: who read it is looked at again when it does.
  struct Cell {
    TypeId type;
    Fact fact;
    Cause cause;
    uint32_t changes = 0;
    // Another cell that stands for this one since their places were found to be mixed.
    CellId same_as;
    // Cells that hold at least what this one does.
    std::vector<CellId> flows_to;
    // In order, so that every run visits functions in the same order.
    absl::btree_set<uint32_t> readers;
  };

  // What stands between the calls of a virtual method on any object of a class, or of any function
  // of a type, and the functions that they reach: calls join their arguments into it and read its
  // result, each function gets the arguments and gives its result. So a program with many such
  // calls and many classes costs their sum and not their product.
  struct Node {
    std::vector<CellId> parameters;
    CellId result;
    std::vector<Callee> targets;
    absl::flat_hash_set<FunctionId> is_target;
  };

  // What the visits of one function share.
  struct State {
    explicit State(const Graph& graph) : dominators(graph), predecessors(graph) {}
    flowgraph::Dominators dominators;
    flowgraph::Predecessors predecessors;
    std::vector<const Operation*> definitions;
    // How often the fact of a block argument has grown.
    absl::flat_hash_map<ValueId, uint32_t> changes;
    // For each `new`: the fields that may be read before they are written.
    absl::flat_hash_map<ValueId, std::vector<CellId>> zero_fields;
    std::vector<Callee> callees;
    bool has_loop = false;
  };

  // solver.cc: cells and the worklist.
  CellId AddCell(TypeId type);
  CellId Find(CellId cell) const;
  const Fact& Read(CellId cell);
  void Write(CellId cell, const Fact& fact, ValueId value, SourceLoc loc);
  void Merge(CellId a, CellId b);
  void Changed(Cell& cell);
  void Reach(FunctionId function);
  void MakeCells();
  CellId ArrayCell(TypeId array);
  CellId PlaceCell(TypeId element);
  // The cell of what a path from a value of a value class leads to; invalid when that is a value
  // itself.
  CellId ValueLeaf(TypeId type, const std::vector<uint32_t>& path, size_t first);
  CellId FieldLeaf(const Operation& op);
  CellId GlobalLeaf(const Operation& op);
  CellId ArrayLeaf(TypeId array, const Operation& op);
  CellId PlaceLeaf(TypeId place, const Operation& op);
  void Finish();

  // sweep.cc: one function.
  void Prepare(FunctionId id);
  void FindZeroFields(const Graph& graph, State& state);
  void Visit(FunctionId id);
  // Visits a function while another one is being visited, which goes on afterwards.
  void VisitWithin(FunctionId id);
  void Sweep();
  // Gives whether the end of the block is reached.
  bool VisitOperations(BlockId id);
  void VisitExit(BlockId id);
  void VisitLink(const Link& link, size_t first);
  void SetFact(ValueId value, const Fact& fact, bool widens);
  Fact FactOf(ValueId value) const;
  void RefineAtEntry(BlockId id);

  // refine.cc: what holds where a condition does. Each gives false when it cannot hold.
  bool Refine(ValueId condition, bool holds, int depth = 0);
  bool RefineComparison(const Operation& op, bool holds);
  bool RefineTo(ValueId value, const Fact& fact);
  bool RefineNonNull(ValueId value);
  bool RefineRange(ValueId value, int64_t lo, int64_t hi);
  bool RefineClass(ValueId value, ClassId cls, bool is_instance);
  void UndoRefinements(size_t size);
  // What the condition of a check says afterwards; gives whether it can hold at all.
  bool RefineByCheck(const Operation& op);

  // transfer.cc: one operation.
  Fact Evaluate(const Operation& op);
  Fact EvaluateInt(const Operation& op, TypeId type);
  Fact EvaluateComparison(const Operation& op);
  Fact EvaluateCall(const Operation& op, bool& returns);
  Fact EvaluateMemory(const Operation& op, TypeId type);
  Fact CallTarget(FunctionId target, const Operation& op, size_t first_arg, const Fact* receiver);
  void TargetsOf(const Operation& op, std::vector<FunctionId>& targets);
  FunctionId Implementation(ClassId cls, MethodId method);
  // The node of a call on any object or any function; none when it would have to be made and the
  // sweep does not write.
  Node* NodeOf(const Operation& op);
  uint32_t AddNode(TypeId function_type);
  void AddTarget(uint32_t node, FunctionId target, ClassId receiver);
  void AddFlow(CellId from, CellId to);
  Fact CallNode(const Operation& op, Node& node);
  void Instantiate(ClassId cls);
  void TakeFunction(FunctionId function);

  // findings.cc: what to tell of an operation when the facts are final.
  void Record(BlockId id, uint32_t index, const Operation& op);

  Program& program_;
  Annotations& out_;
  FactSets& sets_;
  ClassTree tree_;

  std::vector<Cell> cells_;
  std::vector<std::vector<CellId>> class_field_cells_;
  std::vector<std::vector<CellId>> value_field_cells_;
  std::vector<CellId> global_cells_;
  std::vector<std::vector<CellId>> parameter_cells_;
  std::vector<CellId> result_cells_;
  absl::flat_hash_map<TypeId, CellId> array_cells_;
  absl::flat_hash_map<TypeId, CellId> place_cells_;
  CellId raised_;
  CellId weak_;
  std::vector<ClassId> instantiated_list_;
  absl::flat_hash_map<TypeId, std::vector<FunctionId>> taken_by_type_;
  std::vector<bool> is_taken_;
  std::vector<Node> nodes_;
  // By the static class of the receiver.
  std::vector<std::vector<std::pair<MethodId, uint32_t>>> method_nodes_;
  absl::flat_hash_map<TypeId, uint32_t> pointer_nodes_;
  absl::flat_hash_map<std::pair<ClassId, MethodId>, FunctionId> implementations_;

  std::vector<std::unique_ptr<State>> states_;
  // Functions never visited go before those visited again: the sooner everything is reached, the
  // less is done twice.
  std::vector<FunctionId> new_functions_;
  std::deque<FunctionId> again_;
  std::vector<bool> is_queued_;

  // The function being visited.
  FunctionId at_;
  const Graph* graph_ = nullptr;
  State* state_ = nullptr;
  FunctionAnnotations* facts_ = nullptr;
  bool changed_ = false;
  bool is_caught_ = false;
  // Whether what the function does is made known to others.
  bool writes_ = true;
  // How many visits are under way within each other.
  int depth_ = 0;
  bool is_recording_ = false;
  // Facts that hold in the part of the dominator tree being walked: for each value the last entry
  // of the stack, or -1.
  struct Refinement {
    ValueId value;
    int32_t before;
    Fact fact;
  };
  std::vector<Refinement> refinements_;
  std::vector<int32_t> refined_;
};

}  // namespace weft::annotator

#endif  // WEFT_ANNOTATOR_SOLVER_H_
