#include "backend_jvm/first_classes.h"

#include <algorithm>

#include "backend_jvm/classes.h"
#include "flowgraph/analysis.h"
#include "flowgraph/program.h"

namespace weft::backend_jvm {

using backend_common::FrozenImage;
using backend_common::ImageTag;
using flowgraph::FunctionInfo;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

namespace {

// How many calls deep. Further down there is more that a start does not need than what it needs.
constexpr int kDepth = 3;

}  // namespace

std::vector<std::string> FirstClasses(Types& types, const FrozenImage& image) {
  const Program& program = types.program();
  std::vector<std::string> classes;
  auto add = [&](const std::string& name) {
    if (std::find(classes.begin(), classes.end(), name) == classes.end()) classes.push_back(name);
  };
  std::vector<bool> is_known(program.functions.size(), false);
  std::vector<FunctionId> level;
  auto reach = [&](FunctionId id, std::vector<FunctionId>& to) {
    if (is_known[id.index] || program.function(id).graph.empty()) return;
    is_known[id.index] = true;
    to.push_back(id);
  };
  // The frozen heap comes first.
  for (const char* name : {"weft/rt/Raised", "weft/rt/Str", "weft/rt/Thaw"}) add(name);
  add(std::string(kImageClass));
  add("weft/rt/Tables");
  for (size_t kind = 0; kind < image.kinds.size(); ++kind) {
    if (image.tags[kind] == ImageTag::kObject || image.tags[kind] == ImageTag::kItems) {
      add(types.OwnClass(image.kinds[kind]));
    }
  }
  // And what every program takes of the run time.
  for (const char* name : {"weft/rt/Os", "weft/rt/Ops"}) add(name);
  reach(program.entry, level);
  for (int depth = 0; depth <= kDepth; ++depth) {
    std::vector<FunctionId> next;
    for (FunctionId id : level) {
      const FunctionInfo& function = program.function(id);
      if (function.hints.cold) continue;
      add(types.Function(id).owner);
      for (BlockId block : flowgraph::ReversePostorder(function.graph)) {
        if (function.graph.block(block).is_cold) continue;
        for (const Operation& op : function.graph.block(block).ops) {
          if (op.opcode == Opcode::kCall) {
            reach(FunctionId(op.imm), next);
          } else if (op.opcode == Opcode::kMalloc ||
                     (op.opcode == Opcode::kMallocItems &&
                      types.ItemsOf(ContainerId(op.imm)) == Items::kObjects)) {
            add(types.OwnClass(ContainerId(op.imm)));
          }
        }
      }
    }
    level = std::move(next);
  }
  return classes;
}

}  // namespace weft::backend_jvm
