#include "backend_c/dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "flowgraph/analysis.h"

namespace weft::backend_c {

using flowgraph::Block;
using flowgraph::Exit;
using flowgraph::ExitKind;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Program;

Dispatch FindDispatch(const Program& program, const FunctionInfo& function) {
  Dispatch dispatch;
  const Graph& graph = function.graph;
  if (!function.hints.interpreter_loop || graph.empty()) return dispatch;
  BlockId largest = flowgraph::LargestSwitch(graph);
  if (!largest.is_valid()) {
    dispatch.reason = "it has no switch of four cases or more";
    return dispatch;
  }
  flowgraph::Predecessors predecessors(graph);
  if (predecessors.Of(largest).size() < 2) {
    dispatch.reason = "what stands between the head of the loop and its switch has branches";
    return dispatch;
  }
  const Block& block = graph.block(largest);
  if (block.ops.size() > kLongestCopied) {
    dispatch.reason = fmt::format("{} operations stand before its switch, more than {}",
                                  block.ops.size(), kLongestCopied);
    return dispatch;
  }
  const Exit& exit = block.exit;
  auto [low, high] = std::minmax_element(exit.cases.begin(), exit.cases.end());
  uint64_t span = static_cast<uint64_t>(*high) - static_cast<uint64_t>(*low);
  const TypeKind kind = program.types.Kind(graph.type(exit.value));
  // All values of a byte have a place in the table, so none needs a test.
  bool is_byte = BitWidth(kind) == 8 && !IsSigned(kind);
  if (is_byte) span = 255;
  if (span >= kLongestTable) {
    dispatch.reason = "the numbers of its instructions lie too far apart for a table";
    return dispatch;
  }
  dispatch.first = is_byte ? 0 : *low;
  uint32_t otherwise = static_cast<uint32_t>(exit.links.size() - 1);
  dispatch.links.assign(span + 1, otherwise);
  for (uint32_t i = 0; i < exit.cases.size(); ++i) {
    dispatch.links[static_cast<size_t>(exit.cases[i] - dispatch.first)] = i;
  }
  const Block& rest = graph.block(exit.links[otherwise].target);
  bool is_never = rest.ops.empty() && rest.exit.kind == ExitKind::kUnreachable;
  dispatch.is_tested = !is_byte && !is_never;
  dispatch.block = largest;
  return dispatch;
}

double HandlerGrowth(const Graph& graph, const Dispatch& dispatch) {
  auto length = [&](BlockId id) { return graph.block(id).ops.size() + 1; };
  size_t whole = 0;
  for (uint32_t b = 0; b < graph.blocks().size(); ++b) whole += length(BlockId(b));
  size_t written = 0;
  std::vector<uint32_t> seen_by(graph.blocks().size());
  uint32_t handler = 0;
  std::vector<BlockId> work;
  for (const flowgraph::Link& link : graph.block(dispatch.block).exit.links) {
    ++handler;
    work.push_back(link.target);
    while (!work.empty()) {
      BlockId id = work.back();
      work.pop_back();
      if (id == dispatch.block || seen_by[id.index] == handler) continue;
      seen_by[id.index] = handler;
      written += length(id);
      if (written > kMostHandlerGrowth * whole) return static_cast<double>(written) / whole;
      for (const flowgraph::Link& next : graph.block(id).exit.links) work.push_back(next.target);
    }
  }
  return static_cast<double>(written) / whole;
}

}  // namespace weft::backend_c
