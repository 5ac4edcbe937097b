#include "flowgraph/analysis.h"

#include <algorithm>

namespace weft::flowgraph {
namespace {

// The i-th successor of a block, counting the exception link last.
BlockId Successor(const Block& block, size_t i) {
  return i < block.exit.links.size() ? block.exit.links[i].target : block.on_exception.target;
}

size_t SuccessorCount(const Block& block) {
  return block.exit.links.size() + (block.catches() ? 1 : 0);
}

}  // namespace

std::vector<BlockId> ReversePostorder(const Graph& graph) {
  std::vector<BlockId> order;
  if (graph.empty()) return order;
  std::vector<bool> is_seen(graph.blocks().size());
  struct Frame {
    BlockId block;
    size_t next;
  };
  std::vector<Frame> stack = {{Graph::Entry(), 0}};
  is_seen[0] = true;
  while (!stack.empty()) {
    Frame& frame = stack.back();
    const Block& block = graph.block(frame.block);
    if (frame.next < SuccessorCount(block)) {
      // Successors are walked from the last to the first, so that the first one follows its block
      // most closely in the reversed order.
      BlockId target = Successor(block, SuccessorCount(block) - 1 - frame.next++);
      if (!is_seen[target.index]) {
        is_seen[target.index] = true;
        stack.push_back({target, 0});
      }
    } else {
      order.push_back(frame.block);
      stack.pop_back();
    }
  }
  std::reverse(order.begin(), order.end());
  return order;
}

Predecessors::Predecessors(const Graph& graph) : start_(graph.blocks().size() + 1) {
  std::vector<BlockId> order = ReversePostorder(graph);
  for (BlockId b : order) {
    ForEachLink(graph.block(b), [&](const Link& link) { ++start_[link.target.index + 1]; });
  }
  for (size_t i = 1; i < start_.size(); ++i) start_[i] += start_[i - 1];
  list_.resize(start_.back());
  std::vector<uint32_t> next(start_.begin(), start_.end() - 1);
  for (BlockId b : order) {
    ForEachLink(graph.block(b), [&](const Link& link) { list_[next[link.target.index]++] = b; });
  }
}

Dominators::Dominators(const Graph& graph)
    : order_(ReversePostorder(graph)),
      number_(graph.blocks().size(), kUnreached),
      idom_(graph.blocks().size()),
      children_(graph.blocks().size()),
      enter_(graph.blocks().size(), 1),
      leave_(graph.blocks().size(), 0) {
  if (order_.empty()) return;
  for (size_t i = 0; i < order_.size(); ++i) number_[order_[i].index] = static_cast<uint32_t>(i);
  Predecessors predecessors(graph);
  idom_[0] = Graph::Entry();
  for (bool is_changed = true; is_changed;) {
    is_changed = false;
    for (size_t i = 1; i < order_.size(); ++i) {
      BlockId block = order_[i];
      BlockId best;
      for (BlockId p : predecessors.Of(block)) {
        if (!idom_[p.index].is_valid()) continue;
        if (!best.is_valid()) {
          best = p;
          continue;
        }
        // The closest common ancestor of `best` and `p` in the tree so far.
        BlockId other = p;
        while (best != other) {
          while (number_[best.index] > number_[other.index]) best = idom_[best.index];
          while (number_[other.index] > number_[best.index]) other = idom_[other.index];
        }
      }
      if (idom_[block.index] != best) {
        idom_[block.index] = best;
        is_changed = true;
      }
    }
  }
  idom_[0] = BlockId();
  for (size_t i = 1; i < order_.size(); ++i) {
    children_[idom_[order_[i].index].index].push_back(order_[i]);
  }
  uint32_t time = 0;
  std::vector<std::pair<BlockId, size_t>> stack = {{Graph::Entry(), 0}};
  enter_[0] = time++;
  while (!stack.empty()) {
    auto& [block, next] = stack.back();
    const std::vector<BlockId>& children = children_[block.index];
    if (next < children.size()) {
      BlockId child = children[next++];
      enter_[child.index] = time++;
      stack.push_back({child, 0});
    } else {
      leave_[block.index] = time++;
      stack.pop_back();
    }
  }
}

Loops::Loops(const Graph& graph, const Dominators& dominators)
    : depth_(graph.blocks().size()), header_(graph.blocks().size()) {
  Predecessors predecessors(graph);
  const std::vector<BlockId>& order = dominators.reverse_postorder();
  std::vector<uint32_t> mark(graph.blocks().size());
  uint32_t stamp = 0;
  // Outer loops have earlier headers, so inner ones come later and overwrite `header_`.
  for (BlockId header : order) {
    std::vector<BlockId> work;
    ++stamp;
    for (BlockId p : predecessors.Of(header)) {
      if (dominators.Dominates(header, p) && mark[p.index] != stamp) {
        mark[p.index] = stamp;
        work.push_back(p);
      }
    }
    if (work.empty()) continue;
    if (mark[header.index] != stamp) {
      mark[header.index] = stamp;
      ++depth_[header.index];
      header_[header.index] = header;
    }
    while (!work.empty()) {
      BlockId block = work.back();
      work.pop_back();
      ++depth_[block.index];
      header_[block.index] = header;
      if (block == header) {
        // A block that is a loop by itself was counted above.
        --depth_[block.index];
        continue;
      }
      for (BlockId p : predecessors.Of(block)) {
        if (mark[p.index] == stamp || !dominators.Dominates(header, p)) continue;
        mark[p.index] = stamp;
        work.push_back(p);
      }
    }
  }
}

BlockId LargestSwitch(const Graph& graph) {
  BlockId largest;
  size_t most = 3;
  for (BlockId id : ReversePostorder(graph)) {
    const Exit& exit = graph.block(id).exit;
    if (exit.kind != ExitKind::kSwitch || exit.cases.size() <= most) continue;
    most = exit.cases.size();
    largest = id;
  }
  return largest;
}

std::vector<uint32_t> UseCounts(const Graph& graph) {
  std::vector<uint32_t> counts(graph.value_count());
  for (const Block& block : graph.blocks()) {
    ForEachUse(block, [&](ValueId id) { ++counts[id.index]; });
  }
  return counts;
}

void ReplaceUses(Graph& graph, std::vector<ValueId>& replacements) {
  auto resolve = [&](ValueId id) {
    ValueId last = id;
    while (last.index < replacements.size() && replacements[last.index].is_valid()) {
      last = replacements[last.index];
    }
    // Shortens the chain for those who come later.
    while (id != last) {
      ValueId next = replacements[id.index];
      replacements[id.index] = last;
      id = next;
    }
    return last;
  };
  for (Block& block : graph.blocks()) {
    ForEachUse(block, [&](ValueId& id) { id = resolve(id); });
  }
}

}  // namespace weft::flowgraph
