// In which order the globals are initialised. C++ says: within a source, in the order of the
// definitions. Across sources it says nothing; here, a global whose initialiser can reach another
// source's global comes after it.
#include <algorithm>
#include <tuple>

#include "common/check.h"
#include "frontend/translator.h"

namespace weft::frontend {

using flowgraph::Opcode;

// Which dynamically initialised globals each function can reach through calls: strongly connected
// components of the call graph, each with a set of globals.
class GlobalOrder {
 public:
  GlobalOrder(Translator& translator, const std::vector<Translator::GlobalJob>& jobs)
      : translator_(translator), program_(translator.program()), jobs_(jobs) {
    for (size_t i = 0; i < jobs.size(); ++i) job_of_global_[jobs[i].global] = i;
    for (const flowgraph::ClassInfo& cls : program_.classes) {
      for (const auto& [method, function] : cls.implementations) {
        implementations_[method].push_back(function);
      }
    }
    words_ = (jobs.size() + 63) / 64;
    index_.assign(program_.functions.size(), 0);
    low_.assign(program_.functions.size(), 0);
    component_.assign(program_.functions.size(), kNoComponent);
  }

  // The jobs' indices, in order.
  std::vector<size_t> Sort() {
    state_.assign(jobs_.size(), State::kNew);
    for (size_t i = 0; i < jobs_.size(); ++i) Visit(i);
    return order_;
  }

 private:
  static constexpr uint32_t kNoComponent = 0xffffffffu;
  enum class State : uint8_t { kNew, kActive, kDone };

  void ForEachCallee(FunctionId function, auto f) {
    for (const flowgraph::Block& block : program_.function(function).graph.blocks()) {
      for (const flowgraph::Operation& op : block.ops) {
        if (op.opcode == Opcode::kCall) f(FunctionId(op.imm));
        if (op.opcode == Opcode::kCallVirtual) {
          for (FunctionId target : implementations_[MethodId(op.imm)]) f(target);
        }
        for (ValueId arg : op.args) {
          const flowgraph::ValueInfo& value = program_.function(function).graph.value(arg);
          if (value.kind == flowgraph::ValueKind::kConstant &&
              value.constant.kind == flowgraph::Constant::Kind::kFunction) {
            f(FunctionId(value.constant.bits));
          }
        }
      }
    }
  }

  // Tarjan's algorithm with a stack of its own.
  void FindComponents(FunctionId root) {
    struct Frame {
      uint32_t function;
      std::vector<uint32_t> callees;
      size_t next = 0;
    };
    std::vector<Frame> frames;
    auto enter = [&](uint32_t function) {
      index_[function] = low_[function] = ++counter_;
      stack_.push_back(function);
      Frame& frame = frames.emplace_back();
      frame.function = function;
      ForEachCallee(FunctionId(function),
                    [&](FunctionId callee) { frame.callees.push_back(callee.index); });
    };
    if (index_[root.index] != 0) return;
    enter(root.index);
    while (!frames.empty()) {
      Frame& frame = frames.back();
      uint32_t function = frame.function;
      if (frame.next < frame.callees.size()) {
        uint32_t callee = frame.callees[frame.next++];
        if (index_[callee] == 0) {
          enter(callee);
        } else if (component_[callee] == kNoComponent) {
          low_[function] = std::min(low_[function], index_[callee]);
        }
        continue;
      }
      if (low_[function] == index_[function]) MakeComponent(function);
      frames.pop_back();
      if (!frames.empty()) {
        uint32_t caller = frames.back().function;
        low_[caller] = std::min(low_[caller], low_[function]);
      }
    }
  }

  void MakeComponent(uint32_t root) {
    uint32_t id = static_cast<uint32_t>(reached_.size());
    std::vector<uint64_t> set(words_);
    size_t start = stack_.size();
    do {
      --start;
      component_[stack_[start]] = id;
    } while (stack_[start] != root);
    for (size_t i = start; i < stack_.size(); ++i) {
      FunctionId function(stack_[i]);
      for (const flowgraph::Block& block : program_.function(function).graph.blocks()) {
        for (const flowgraph::Operation& op : block.ops) {
          if (op.opcode != Opcode::kGlobalGet && op.opcode != Opcode::kGlobalRef) continue;
          auto it = job_of_global_.find(GlobalId(op.imm));
          if (it != job_of_global_.end()) set[it->second / 64] |= uint64_t{1} << (it->second % 64);
        }
      }
      ForEachCallee(function, [&](FunctionId callee) {
        uint32_t other = component_[callee.index];
        if (other == id || other == kNoComponent) return;
        for (size_t w = 0; w < words_; ++w) set[w] |= reached_[other][w];
      });
    }
    stack_.resize(start);
    reached_.push_back(std::move(set));
  }

  const Unit* UnitOfJob(size_t job) { return translator_.UnitOf(jobs_[job].variable); }

  void Visit(size_t job) {
    if (state_[job] != State::kNew) return;
    state_[job] = State::kActive;
    // The jobs are sorted by source, so the one before is the one that C++ says comes before.
    if (job > 0 && UnitOfJob(job - 1) == UnitOfJob(job)) Visit(job - 1);
    FindComponents(jobs_[job].initializer);
    const std::vector<uint64_t> set = reached_[component_[jobs_[job].initializer.index]];
    for (size_t other = 0; other < jobs_.size(); ++other) {
      if ((set[other / 64] >> (other % 64) & 1) == 0) continue;
      if (UnitOfJob(other) == UnitOfJob(job)) continue;
      if (state_[other] == State::kActive) {
        translator_
            .Report(translator_.SiteOf(jobs_[job].variable), diag::kInitializerCycle,
                    program_.global(jobs_[job].global).name,
                    program_.global(jobs_[other].global).name)
            .Note(translator_.Loc(translator_.SiteOf(jobs_[other].variable)), "the other one");
        continue;
      }
      Visit(other);
    }
    state_[job] = State::kDone;
    order_.push_back(job);
  }

  Translator& translator_;
  flowgraph::Program& program_;
  const std::vector<Translator::GlobalJob>& jobs_;
  absl::flat_hash_map<GlobalId, size_t> job_of_global_;
  absl::flat_hash_map<MethodId, std::vector<FunctionId>> implementations_;
  size_t words_ = 0;
  // Tarjan's numbers, by function; 0 is not yet visited.
  std::vector<uint32_t> index_;
  std::vector<uint32_t> low_;
  std::vector<uint32_t> component_;
  std::vector<uint32_t> stack_;
  uint32_t counter_ = 0;
  // By component: the jobs whose globals its functions reach.
  std::vector<std::vector<uint64_t>> reached_;
  std::vector<State> state_;
  std::vector<size_t> order_;
};

void Translator::MakeInitializer() {
  if (global_jobs_.empty()) return;
  auto position = [&](const GlobalJob& job) {
    auto it = variable_order_.find(job.variable);
    // Variables of templates have no place in the order; they come first, as they were found.
    uint32_t order = it == variable_order_.end() ? 0 : it->second + 1;
    return std::tuple(UnitOf(job.variable)->index, order, job.global.index);
  };
  std::sort(global_jobs_.begin(), global_jobs_.end(),
            [&](const GlobalJob& a, const GlobalJob& b) { return position(a) < position(b); });
  std::vector<size_t> order = GlobalOrder(*this, global_jobs_).Sort();

  TypeId type = types().Function(TypeTable::Void(), {});
  FunctionId id = AddFunction({}, type, "initialize globals");
  program_.initializer = id;
  flowgraph::FunctionInfo& function = program_.function(id);
  BlockId block = function.graph.AddBlock();
  for (size_t job : order) {
    const GlobalJob& global = global_jobs_[job];
    function.graph.Append(block, Opcode::kCall, TypeTable::Void(), {}, global.initializer.index,
                          TypedId<void>::kNone, program_.global(global.global).loc);
  }
  function.graph.block(block).exit.kind = flowgraph::ExitKind::kReturn;
}

}  // namespace weft::frontend
