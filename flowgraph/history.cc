#include "flowgraph/history.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "flowgraph/analysis.h"
#include "flowgraph/history_page.h"
#include "flowgraph/text.h"

namespace weft::flowgraph {
namespace {

std::string LinkLabel(const Program& program, const Graph& graph, const Link& link) {
  std::string label;
  for (ValueId arg : link.args) {
    if (!label.empty()) label += ", ";
    label += PrintValue(program, graph, arg);
  }
  return label;
}

const char* ExitWord(ExitKind kind) {
  switch (kind) {
    case ExitKind::kNone:
      return "no exit";
    case ExitKind::kJump:
      return "jump";
    case ExitKind::kBranch:
      return "branch";
    case ExitKind::kSwitch:
      return "switch";
    case ExitKind::kReturn:
      return "return";
    case ExitKind::kRaise:
      return "raise";
    case ExitKind::kUnreachable:
      return "unreachable";
  }
  return "";
}

}  // namespace

FunctionId FunctionHistory::Find(const Program& program) const {
  const std::string& wanted = full_name_.empty() ? name_ : full_name_;
  FunctionId part;
  size_t parts = 0;
  for (size_t f = 0; f < program.functions.size(); ++f) {
    const FunctionInfo& function = program.function(FunctionId(f));
    if (function.name == wanted) return FunctionId(f);
    if (full_name_.empty() && function.name.find(wanted) != std::string::npos) {
      part = FunctionId(f);
      ++parts;
    }
  }
  return parts == 1 ? part : FunctionId();
}

FunctionHistory::BlockRows FunctionHistory::RecordBlock(const Program& program, FunctionId id,
                                                        BlockId block_id) const {
  const Graph& graph = program.function(id).graph;
  const Block& block = graph.block(block_id);
  BlockRows rows{
      .id = block_id.index, .is_cold = block.is_cold, .header = {}, .rows = {}, .edges = {}};
  auto comment = [&](ValueId value) { return comment_ ? comment_(id, value) : std::string(); };
  auto locate = [&](Row& row, const SourceLoc& loc) {
    if (!loc.is_valid() || !loc.file.is_valid()) return;
    row.location = program.files.Format(loc);
    row.source = std::string(program.files.Line(loc.file, loc.line));
  };
  rows.header.text = fmt::format("b{}", block_id.index);
  for (ValueId arg : block.args) {
    fmt::format_to(std::back_inserter(rows.header.text), " {}: {}", PrintValue(program, graph, arg),
                   PrintType(program, graph.type(arg)));
    std::string known = comment(arg);
    if (!known.empty()) {
      fmt::format_to(std::back_inserter(rows.header.comment), "%{}: {}\n", arg.index, known);
    }
  }
  for (const Operation& op : block.ops) {
    Row& row = rows.rows.emplace_back();
    row.text = PrintOperation(program, graph, op);
    locate(row, op.loc);
    if (op.result.is_valid()) row.comment = comment(op.result);
  }
  Row& exit = rows.rows.emplace_back();
  exit.text = ExitWord(block.exit.kind);
  if (block.exit.value.is_valid()) exit.text += " " + PrintValue(program, graph, block.exit.value);
  locate(exit, block.exit.loc);
  for (size_t i = 0; i < block.exit.links.size(); ++i) {
    const Link& link = block.exit.links[i];
    std::string kind = "jump";
    std::string label = LinkLabel(program, graph, link);
    if (block.exit.kind == ExitKind::kBranch) kind = i == 0 ? "true" : "false";
    if (block.exit.kind == ExitKind::kSwitch) {
      kind = "case";
      label = i < block.exit.cases.size() ? fmt::format("{}: {}", block.exit.cases[i], label)
                                          : "else: " + label;
    }
    rows.edges.push_back({link.target.index, label, kind});
  }
  if (block.catches()) {
    rows.edges.push_back({block.on_exception.target.index,
                          LinkLabel(program, graph, block.on_exception), "exception"});
  }
  return rows;
}

void FunctionHistory::Record(std::string_view step, const Program& program) {
  FunctionId id = Find(program);
  if (!id.is_valid()) return;
  const FunctionInfo& function = program.function(id);
  if (function.graph.empty()) return;
  full_name_ = function.name;
  std::string text = PrintFunction(program, id);
  bool is_changed = text != last_text_;
  // A phase that its driver records as well is one step.
  if (!is_changed && !steps_.empty() && steps_.back().name == step) return;
  Step& record = steps_.emplace_back();
  record.name = std::string(step);
  record.stage = StageName(program.stage);
  record.is_changed = is_changed;
  last_text_ = std::move(text);
  // A step that changed nothing shows the blocks of the one before.
  if (!record.is_changed) return;
  for (BlockId block : ReversePostorder(function.graph)) {
    record.blocks.push_back(RecordBlock(program, id, block));
  }
}

std::string FunctionHistory::Page() const {
  using Json = nlohmann::json;
  Json steps = Json::array();
  auto row_json = [](const Row& row) {
    Json json = {{"text", row.text}};
    if (!row.location.empty()) json["at"] = row.location;
    if (!row.source.empty()) json["source"] = row.source;
    if (!row.comment.empty()) json["known"] = row.comment;
    return json;
  };
  for (const Step& step : steps_) {
    Json blocks = Json::array();
    for (const BlockRows& block : step.blocks) {
      Json rows = Json::array();
      for (const Row& row : block.rows) rows.push_back(row_json(row));
      Json edges = Json::array();
      for (const Edge& edge : block.edges) {
        edges.push_back({{"to", edge.target}, {"label", edge.label}, {"kind", edge.kind}});
      }
      blocks.push_back({{"id", block.id},
                        {"cold", block.is_cold},
                        {"header", row_json(block.header)},
                        {"rows", std::move(rows)},
                        {"edges", std::move(edges)}});
    }
    steps.push_back({{"name", step.name},
                     {"stage", step.stage},
                     {"changed", step.is_changed},
                     {"blocks", std::move(blocks)}});
  }
  Json data = {{"function", full_name_}, {"steps", std::move(steps)}};
  // Bytes that are not UTF-8 can stand in string literals of the program; '<' must not end the
  // script.
  std::string json = data.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
  std::string escaped;
  for (char c : json) {
    if (c == '<') {
      escaped += "\\u003c";
    } else {
      escaped += c;
    }
  }
  std::string page = kHistoryPage;
  const std::string marker = "/*DATA*/";
  page.replace(page.find(marker), marker.size(), escaped);
  return page;
}

}  // namespace weft::flowgraph
