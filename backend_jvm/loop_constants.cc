#include "backend_jvm/loop_constants.h"

#include <fmt/format.h>

#include "absl/container/flat_hash_map.h"
#include "backend_jvm/classes.h"
#include "backend_jvm/interpreter_loop.h"
#include "flowgraph/analysis.h"

namespace weft::backend_jvm {

using flowgraph::Graph;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

namespace {

// Where a loop leaves its object for the class of its constants, which is about to be initialised.
constexpr std::string_view kObjectField = "object";
constexpr std::string_view kObjectType = "Ljava/lang/Object;";

}  // namespace

LoopConstants::LoopConstants(Types& types, flowgraph::FunctionInfo& function,
                             std::string class_name, std::string others_class)
    : class_name_(std::move(class_name)),
      others_class_(std::move(others_class)),
      first_(types.program().frozen.size()) {
  const Program& program = types.program();
  Graph& graph = function.graph;
  if (!function.hints.interpreter_loop || !function.has_this) return;
  BlockId dispatch = flowgraph::LargestSwitch(graph);
  if (!dispatch.is_valid()) return;
  flowgraph::Dominators dominators(graph);
  BlockId head = flowgraph::Loops(graph, dominators).Header(dispatch);
  if (!head.is_valid()) return;

  ValueId object = graph.block(Graph::Entry()).args[0];
  absl::flat_hash_map<ValueId, ValueId> known;
  auto add = [&](ValueId value, FieldRef field) {
    TypeId type = graph.type(value);
    known[value] = graph.Frozen(type, FrozenId(first_ + constants_.size()));
    constants_.push_back({types.Descriptor(type), std::move(field)});
  };
  object_class_ = types.OwnClass(program.types.Container(graph.type(object)));
  add(object, {});
  for (BlockId id : dominators.reverse_postorder()) {
    if (dominators.Dominates(head, id)) continue;
    for (const Operation& op : graph.block(id).ops) {
      if (op.opcode != Opcode::kGetField || op.args[0] != object) continue;
      ContainerId container = program.types.Container(graph.type(object));
      bool is_immutable = program.containers.Get(container).fields[op.imm2].immutable;
      if (!is_immutable || !IsReference(program.types.Kind(graph.type(op.result)))) continue;
      add(op.result, types.Field(container, op.imm2));
    }
  }

  bool is_used = false;
  for (BlockId id : dominators.reverse_postorder()) {
    if (!dominators.Dominates(head, id)) continue;
    flowgraph::ForEachUse(graph.block(id), [&](ValueId& use) {
      auto at = known.find(use);
      if (at == known.end()) return;
      use = at->second;
      is_used = true;
    });
  }
  if (!is_used) constants_.clear();
}

bool LoopConstants::IsOne(const flowgraph::Constant& constant) const {
  return constant.kind == flowgraph::Constant::Kind::kFrozen && constant.bits >= first_;
}

FieldRef LoopConstants::Field(const flowgraph::Constant& constant) const {
  size_t number = constant.bits - first_;
  return {class_name_, FieldName(number), constants_[number].descriptor};
}

std::string LoopConstants::FieldName(size_t number) { return fmt::format("c{}", number); }

void LoopConstants::WriteCheck(Code& code, uint32_t otherwise) const {
  VerifierType object = code.Object(object_class_);
  code.Load(object, 0);
  code.PutStatic(kPinClass, kObjectField, kObjectType);
  for (size_t i = 0; i < constants_.size(); ++i) {
    const FieldRef& field = constants_[i].field;
    code.Load(object, 0);
    if (i > 0) code.GetField(field.owner, field.name, field.descriptor);
    code.GetStatic(class_name_, FieldName(i), constants_[i].descriptor);
    if (i == 0) {
      // The class is initialised by now; the object must not be kept.
      code.PushNull();
      code.PutStatic(kPinClass, kObjectField, kObjectType);
    }
    code.Branch(if_acmpne, 2, otherwise);
  }
}

ClassFile LoopConstants::WriteClass() const {
  ClassFile file;
  file.access = kPublic | kFinal | kSuper;
  file.name = class_name_;
  file.super = "java/lang/Object";
  Code code(file.pool, false);
  code.GetStatic(kPinClass, kObjectField, kObjectType);
  code.CheckCast(object_class_);
  for (size_t i = 0; i < constants_.size(); ++i) {
    const auto& [descriptor, field] = constants_[i];
    file.fields.push_back({kPublic | kStatic | kFinal, FieldName(i), descriptor});
    code.Dup();
    if (i > 0) code.GetField(field.owner, field.name, field.descriptor);
    code.PutStatic(file.name, FieldName(i), descriptor);
  }
  code.Pop();
  code.Return("V");
  AddMethod(file, kStatic, "<clinit>", "()V", code);
  return file;
}

}  // namespace weft::backend_jvm
