#include "backend_jvm/first_classes.h"

#include "absl/container/flat_hash_set.h"
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

class Finder {
 public:
  Finder(Types& types, const FrozenImage& image, const Needs& needs)
      : types_(types),
        program_(types.program()),
        image_(image),
        needs_(needs),
        is_known_(program_.functions.size(), false) {}

  std::vector<std::string> Run() {
    // What stands before the program: the frozen heap, and the classes that handlers compare with.
    for (const char* name : {"weft/Start", "weft/rt/Program", "weft/Program", "weft/rt/Raised",
                             "weft/rt/Str", "weft/rt/Thaw"}) {
      Add(name);
    }
    Add(std::string(kImageClass));
    Add("weft/rt/Tables");
    for (size_t kind = 0; kind < image_.kinds.size(); ++kind) {
      if (image_.tags[kind] == ImageTag::kObject || image_.tags[kind] == ImageTag::kItems) {
        AddContainer(image_.kinds[kind]);
      }
    }
    for (uint32_t caught : needs_.caught) AddContainer(ContainerId(caught));
    for (const char* name : {"weft/rt/Reserve", "weft/rt/Os", "weft/rt/Ops", "weft/rt/Results",
                             "weft/rt/Hashed", "weft/rt/Identity"}) {
      Add(name);
    }
    if (!types_.used_frozen.empty()) Add("weft/Heap0");
    Calls();
    return std::move(classes_);
  }

 private:
  void Add(const std::string& name) {
    if (has_.insert(name).second) classes_.push_back(name);
  }

  void AddContainer(ContainerId id) {
    const lltype::Container& container = program_.containers.Get(id);
    if (container.parent.is_valid()) AddContainer(container.parent);
    if (container.kind != lltype::ContainerKind::kHost && !types_.IsRoot(id)) {
      Add(types_.OwnClass(id));
    }
  }

  void AddFunction(FunctionId id) {
    const FunctionInfo& function = program_.function(id);
    const MethodRef& ref = types_.Function(id);
    Add(ref.owner);
    if (!function.hints.interpreter_loop) return;
    if (auto constants = needs_.loop_constants.find(id.index);
        constants != needs_.loop_constants.end()) {
      Add("weft/rt/Pin");
      Add(constants->second.class_name());
    }
    for (const LoopInfo& loop : needs_.loops) {
      if (loop.owner != ref.owner || loop.method != ref.name) continue;
      Add("weft/rt/LoopFrame");
      Add(loop.frame);
    }
  }

  void Reach(FunctionId id, std::vector<FunctionId>& level) {
    if (is_known_[id.index] || program_.function(id).graph.empty()) return;
    is_known_[id.index] = true;
    level.push_back(id);
  }

  void Calls() {
    std::vector<FunctionId> level;
    Reach(program_.entry, level);
    for (int depth = 0; depth <= kDepth; ++depth) {
      std::vector<FunctionId> next;
      for (FunctionId id : level) {
        const FunctionInfo& function = program_.function(id);
        if (function.hints.cold) continue;
        AddFunction(id);
        for (BlockId block : flowgraph::ReversePostorder(function.graph)) {
          if (function.graph.block(block).is_cold) continue;
          for (const Operation& op : function.graph.block(block).ops) Follow(op, next);
        }
      }
      level = std::move(next);
    }
  }

  void Follow(const Operation& op, std::vector<FunctionId>& next) {
    if (op.opcode == Opcode::kCall) {
      Reach(FunctionId(op.imm), next);
    } else if (op.opcode == Opcode::kMalloc) {
      AddContainer(ContainerId(op.imm));
    } else if (op.opcode == Opcode::kMallocItems &&
               types_.ItemsOf(ContainerId(op.imm)) == Items::kObjects) {
      Add("weft/rt/Item");
      AddContainer(ContainerId(op.imm));
    }
  }

  Types& types_;
  const Program& program_;
  const FrozenImage& image_;
  const Needs& needs_;
  std::vector<bool> is_known_;
  std::vector<std::string> classes_;
  absl::flat_hash_set<std::string> has_;
};

}  // namespace

std::vector<std::string> FirstClasses(Types& types, const FrozenImage& image, const Needs& needs) {
  return Finder(types, image, needs).Run();
}

}  // namespace weft::backend_jvm
