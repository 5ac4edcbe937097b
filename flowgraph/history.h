#ifndef WEFT_FLOWGRAPH_HISTORY_H_
#define WEFT_FLOWGRAPH_HISTORY_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "flowgraph/program.h"

// Keeps what one function looked like after each step of a translation, and shows it as a page.
namespace weft::flowgraph {

class FunctionHistory {
 public:
  // Gives what is known of a value, for the page to show on hover; empty when nothing is.
  using Comment = std::function<std::string(FunctionId, ValueId)>;

  // `name` is a function's whole name, or a part of it that only one function has. While the
  // program has no such function, nothing is recorded.
  explicit FunctionHistory(std::string name) : name_(std::move(name)) {}

  void set_comment(Comment comment) { comment_ = std::move(comment); }
  // Records the function as it is now. A step that left it as it was is recorded as unchanged.
  void Record(std::string_view step, const Program& program);

  bool is_empty() const { return steps_.empty(); }
  // A self-contained HTML page: each step with its blocks and links drawn, the source line and what
  // is known of each value on hover, a search, and what changed from the step before marked.
  std::string Page() const;

 private:
  struct Row {
    // With the values' own numbers, which do not change from step to step.
    std::string text;
    std::string location;
    std::string source;
    std::string comment;
  };
  struct Edge {
    uint32_t target;
    std::string label;
    std::string kind;
  };
  struct BlockRows {
    uint32_t id;
    bool is_cold;
    Row header;
    std::vector<Row> rows;
    std::vector<Edge> edges;
  };
  struct Step {
    std::string name;
    std::string stage;
    bool is_changed;
    std::vector<BlockRows> blocks;
  };

  FunctionId Find(const Program& program) const;
  BlockRows RecordBlock(const Program& program, FunctionId id, BlockId block_id) const;

  std::string name_;
  std::string full_name_;
  Comment comment_;
  std::string last_text_;
  std::vector<Step> steps_;
};

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_HISTORY_H_
