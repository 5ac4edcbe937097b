#include "backend_c/function_emitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "backend_c/dispatch.h"
#include "backend_c/expressions.h"
#include "backend_c/function_plan.h"
#include "backend_c/literals.h"
#include "backend_c/parallel_copy.h"
#include "common/check.h"

namespace weft::backend_c {

using flowgraph::Block;
using flowgraph::Exit;
using flowgraph::ExitKind;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

namespace {

// Beside them stand `roots` and `state`. preserve_none passes 12 parameters in registers on x86-64,
// and clang 19 wants some left for the rest.
constexpr size_t kMostHandlerParameters = 8;

class FunctionEmitter {
 public:
  FunctionEmitter(const CTypes& types, FunctionId id, const EmitOptions& options, ShardUses* uses)
      : program_(types.program()),
        types_(types),
        id_(id),
        function_(program_.function(id)),
        graph_(function_.graph),
        dispatch_(options.dispatch == DispatchStyle::kSwitch ? Dispatch{}
                                                             : FindDispatch(program_, function_)),
        has_handlers_(options.dispatch == DispatchStyle::kTail && dispatch_.block.is_valid() &&
                      HandlerGrowth(graph_, dispatch_) <= kMostHandlerGrowth),
        plan_(MakeFunctionPlan(program_, function_, dispatch_.block)),
        uses_(*uses),
        line_directives_(options.line_directives),
        expressions_(program_, function_, plan_, names_, uses, types) {}

  std::string Run() {
    NameVariables();
    HasFrame();
    if (has_handlers_) DeclareHandlers();
    Header();
    std::vector<BlockId> blocks = plan_.top_level;
    if (has_handlers_) blocks = LabelledBlocksFrom(Graph::Entry());
    DeclareTop(has_handlers_ ? VariablesIn(blocks) : std::vector<bool>(names_.size(), true));
    if (has_frame_) Raw("  void** const roots = weft_shadow_top;\n");
    if (has_state_) {
      Raw(fmt::format("  struct {}_state frame, *const state = &frame;\n", uses_.Function(id_)));
    }
    FindTargets(blocks);
    if (!has_handlers_) DeclareTable();
    Body(blocks);
    if (!has_handlers_) CaseCopies();
    Raw("}\n");
    if (has_handlers_) Handlers();
    return std::move(text_);
  }

 private:
  // Blocks with labels, of which the first is where control comes in.
  void Body(const std::vector<BlockId>& blocks) {
    bool in_braces = blocks.size() > 1;
    for (size_t i = 0; i < blocks.size(); ++i) {
      BlockId block = blocks[i];
      if (block == dispatch_.block && !falls_into_dispatch_) continue;
      next_label_ = i + 1 < blocks.size() ? blocks[i + 1] : BlockId();
      bool is_target = targets_.contains(block.index);
      if (is_target) {
        Raw(fmt::format("{}: {{\n", Label(block)));
      } else if (in_braces) {
        // Only the block before leads here.
        Raw("  {\n");
      }
      Chain(block, in_braces || is_target ? 2 : 1, true);
      if (in_braces || is_target) Raw("  }\n");
    }
  }

  void Raw(std::string_view text) {
    text_ += text;
    if (at_line_ != 0) at_line_ += std::count(text.begin(), text.end(), '\n');
  }

  void Statement(int indent, SourceLoc loc, std::string_view text) {
    Locate(loc);
    Raw(fmt::format("{:{}}{}\n", "", indent * 2, text));
  }

  // Makes the compiler take the next line for a line of the source.
  void Locate(SourceLoc loc) {
    if (!line_directives_ || !loc.is_valid() || !loc.file.is_valid()) return;
    if (at_line_ == loc.line && at_file_ == loc.file) return;
    if (at_file_ == loc.file && at_line_ != 0) {
      text_ += fmt::format("#line {}\n", loc.line);
    } else {
      text_ += fmt::format("#line {} {}\n", loc.line,
                           StringLiteral(types_.SourcePath(loc.file), /*may_wrap=*/false));
    }
    at_line_ = loc.line;
    at_file_ = loc.file;
  }

  std::string Label(BlockId block) const { return fmt::format("b{}", plan_.block(block).order); }

  // ---- The function's frame.

  void NameVariables() {
    names_.resize(plan_.variables.size());
    const auto& arguments = graph_.block(Graph::Entry()).args;
    bool named = function_.parameter_names.size() == arguments.size();
    absl::flat_hash_set<std::string> taken;
    for (size_t i = 0; i < arguments.size(); ++i) {
      std::string name = fmt::format("p{}", i);
      if (named && !function_.parameter_names[i].empty()) {
        std::string wanted = "p_" + Mangle(function_.parameter_names[i]);
        if (!taken.contains(wanted)) name = wanted;
      }
      taken.insert(name);
      parameters_.push_back(name);
      const ValuePlan& value = plan_.value(arguments[i]);
      if (value.form == ValuePlan::Form::kVariable) names_[value.variable] = name;
    }
    int number = 0;
    for (std::string& name : names_) {
      if (name.empty()) name = fmt::format("v{}", number++);
    }
  }

  void Header() {
    std::string where =
        function_.loc.file.is_valid()
            ? fmt::format(", {}:{}", types_.SourcePath(function_.loc.file), function_.loc.line)
            : "";
    // With line directives the comment needs no line, which changes with every edit above it.
    text_ += fmt::format("\n// {}{}\n", CommentText(function_.name),
                         line_directives_ ? "" : CommentText(where));
    Locate(function_.loc);
    Raw(fmt::format("{} {{\n",
                    Prototype(types_, function_, uses_.Function(id_), &parameters_, &uses_)));
  }

  // Declares those of the variables at the top that are wanted. What is a parameter of the function
  // is a variable like others in a handler.
  void DeclareTop(const std::vector<bool>& wanted) {
    std::map<std::string, std::vector<std::string>> by_type;
    for (size_t i = 0; i < plan_.variables.size(); ++i) {
      const Variable& variable = plan_.variables[i];
      if (!wanted[i] || (has_state_ && in_state_[i])) continue;
      if (variable.is_parameter ? !in_handler_ : !variable.at_top) continue;
      by_type[uses_.Spell(variable.type)].push_back(names_[i]);
    }
    for (const auto& [type, names] : by_type) {
      bool is_pointer = type.back() == '*';
      std::string_view base = type;
      if (is_pointer) base.remove_suffix(1);
      std::string line = fmt::format("  {}", base);
      for (size_t i = 0; i < names.size(); ++i) {
        std::string part =
            fmt::format("{} {}{}", i == 0 ? "" : ",", is_pointer ? "*" : "", names[i]);
        // The first name stays with its type, however long that is.
        if (i > 0 && line.size() + part.size() > 98) {
          Raw(line + ",\n");
          line = "     ";
          part = fmt::format(" {}{}", is_pointer ? "*" : "", names[i]);
        }
        line += part;
      }
      Raw(line + ";\n");
    }
  }

  // Which labels are jumped to: all but those that are only fallen into.
  void FindTargets(const std::vector<BlockId>& blocks) {
    targets_.clear();
    falls_into_dispatch_ = false;
    for (size_t i = 0; i < blocks.size(); ++i) {
      BlockId next = i + 1 < blocks.size() ? blocks[i + 1] : BlockId();
      std::vector<std::pair<BlockId, bool>> work{{blocks[i], true}};
      while (!work.empty()) {
        auto [block, at_end] = work.back();
        work.pop_back();
        const Exit& exit = graph_.block(block).exit;
        int straight = ContinueFrom(graph_, plan_, block).straight;
        for (size_t j = 0; j < exit.links.size(); ++j) {
          if (j > 0 && SameLink(exit.links[j - 1], exit.links[j])) continue;
          BlockId target = exit.links[j].target;
          bool ends = at_end && static_cast<int>(j) == straight;
          if (!plan_.block(target).labelled) {
            work.push_back({target, ends});
          } else if (ends && target == next) {
            falls_into_dispatch_ |= target == dispatch_.block;
          } else if (target != dispatch_.block) {
            targets_.insert(target.index);
          }
        }
      }
    }
  }

  // ---- Dispatch by a table of labels.

  // Whether a case needs copies on its way, which then stand behind a label of its own.
  bool HasCopies(const Link& link) {
    std::string before = std::move(text_);
    uint32_t line = at_line_;
    text_.clear();
    Copies(link, 1, {});
    bool has_copies = !text_.empty();
    text_ = std::move(before);
    at_line_ = line;
    return has_copies;
  }

  std::string CaseLabel(uint32_t link) const {
    return case_copies_.contains(link)
               ? fmt::format("d{}", link)
               : Label(graph_.block(dispatch_.block).exit.links[link].target);
  }

  void DeclareTable() {
    if (!dispatch_.block.is_valid()) return;
    const Exit& exit = graph_.block(dispatch_.block).exit;
    for (uint32_t i = 0; i < exit.links.size(); ++i) {
      // An instruction that does nothing else leads straight back to the dispatch, which has no
      // label: it stands where it is needed.
      bool is_dispatch = exit.links[i].target == dispatch_.block;
      if (is_dispatch || HasCopies(exit.links[i])) case_copies_.insert(i);
    }
    std::string line = "  static const void* const dispatch[] = {";
    for (size_t i = 0; i < dispatch_.links.size(); ++i) {
      std::string part = fmt::format("{}&&{}", i == 0 ? "" : ", ", CaseLabel(dispatch_.links[i]));
      if (line.size() + part.size() > 98) {
        Raw(line + ",\n");
        line = "      ";
        part = "&&" + CaseLabel(dispatch_.links[i]);
      }
      line += part;
    }
    Raw(line + "};\n");
  }

  // Goes where the switch of the dispatch would go.
  void JumpByTable(int indent) {
    const Exit& exit = graph_.block(dispatch_.block).exit;
    std::string index = fmt::format("(uint64_t){}", expressions_.Unary(exit.value));
    if (dispatch_.first != 0) {
      index = fmt::format("{} - {}u", index, static_cast<uint64_t>(dispatch_.first));
    }
    if (has_handlers_) {
      if (dispatch_.is_tested) {
        Statement(indent, exit.loc,
                  fmt::format("if (WEFT_UNLIKELY({} >= {}u)) {{", index, dispatch_.links.size()));
        CallHandler(HandlerName(static_cast<uint32_t>(exit.links.size() - 1)), indent + 1,
                    exit.loc);
        Statement(indent, exit.loc, "}");
      }
      CallHandler(fmt::format("{}_handlers[{}]", uses_.Function(id_), index), indent, exit.loc);
      return;
    }
    if (dispatch_.is_tested) {
      Statement(indent, exit.loc,
                fmt::format("if (WEFT_UNLIKELY({} >= {}u)) goto {};", index, dispatch_.links.size(),
                            CaseLabel(static_cast<uint32_t>(exit.links.size() - 1))));
    }
    Statement(indent, exit.loc, fmt::format("goto *dispatch[{}];", index));
  }

  // What stands behind the labels of cases that need copies.
  void CaseCopies() {
    if (!dispatch_.block.is_valid()) return;
    const Exit& exit = graph_.block(dispatch_.block).exit;
    for (uint32_t i = 0; i < exit.links.size(); ++i) {
      if (!case_copies_.contains(i)) continue;
      Raw(fmt::format("d{}: {{\n", i));
      Copies(exit.links[i], 2, exit.loc);
      GoTo(exit.links[i].target, 2, exit.loc);
      Raw("  }\n");
    }
  }

  // ---- Dispatch by tail calls.

  std::string HandlerName(uint32_t link) {
    return fmt::format("{}_i{}", uses_.Function(id_), link);
  }

  // The last thing that a handler does, or the function before its first instruction.
  void CallHandler(const std::string& handler, int indent, SourceLoc loc) {
    std::string call = fmt::format("{}({})", handler, handler_arguments_);
    if (in_handler_) {
      Statement(indent, loc, fmt::format("WEFT_MUSTTAIL return {};", call));
    } else if (ReturnsNothing()) {
      Statement(indent, loc, call + ";");
      Statement(indent, loc, "return;");
    } else {
      Statement(indent, loc, fmt::format("return {};", call));
    }
  }

  bool ReturnsNothing() const {
    return program_.types.Kind(program_.types.Element(function_.type)) == TypeKind::kVoid;
  }

  // The labelled blocks that control reaches from `start`, which comes first, on its way to the
  // next instruction.
  std::vector<BlockId> LabelledBlocksFrom(BlockId start) const {
    std::vector<bool> seen = BlocksFrom(start);
    std::vector<BlockId> blocks;
    if (start == dispatch_.block) return blocks;
    blocks.push_back(start);
    for (BlockId id : plan_.top_level) {
      if (seen[id.index] && id != start && id != dispatch_.block) blocks.push_back(id);
    }
    return blocks;
  }

  std::vector<bool> BlocksFrom(BlockId start) const {
    std::vector<bool> seen(graph_.blocks().size());
    std::vector<BlockId> work{start};
    seen[start.index] = true;
    while (!work.empty()) {
      BlockId id = work.back();
      work.pop_back();
      if (id == dispatch_.block) continue;
      for (const Link& link : graph_.block(id).exit.links) {
        if (seen[link.target.index]) continue;
        seen[link.target.index] = true;
        work.push_back(link.target);
      }
    }
    return seen;
  }

  // Calls f(variable, is_set) for what is written of an operation.
  template <typename F>
  void ForEachVariable(const Operation& op, F f) const {
    bool is_set = op.opcode == Opcode::kRootGet;
    if (op.result.is_valid() && plan_.value(op.result).form == ValuePlan::Form::kVariable) {
      f(plan_.value(op.result).variable, true);
    }
    for (ValueId argument : op.args) {
      ForEachLeaf(graph_, plan_, argument,
                  [&](ValueId leaf) { f(plan_.value(leaf).variable, is_set); });
    }
  }

  // The same for a link: what its target's arguments are set to is read first.
  template <typename F>
  void ForEachVariable(const Link& link, F f) const {
    const auto& targets = graph_.block(link.target).args;
    for (ValueId target : targets) {
      if (plan_.value(target).form == ValuePlan::Form::kVariable) {
        f(plan_.value(target).variable, true);
      }
    }
    for (size_t i = 0; i < targets.size(); ++i) {
      if (plan_.value(targets[i]).form != ValuePlan::Form::kVariable) continue;
      ForEachLeaf(graph_, plan_, link.args[i],
                  [&](ValueId leaf) { f(plan_.value(leaf).variable, false); });
    }
  }

  // What is written of these blocks, of those within them, and of the dispatch behind them.
  std::vector<bool> VariablesIn(const std::vector<BlockId>& blocks) const {
    std::vector<bool> used(names_.size());
    auto use = [&](uint32_t variable, bool) { used[variable] = true; };
    std::vector<bool> seen = BlocksFrom(blocks.empty() ? dispatch_.block : blocks[0]);
    for (BlockId id : plan_.order) {
      if (!seen[id.index]) continue;
      const Block& block = graph_.block(id);
      for (uint32_t i = 0; i < block.ops.size(); ++i) {
        if (plan_.IsStatement(id, i)) ForEachVariable(block.ops[i], use);
      }
      if (id == dispatch_.block) continue;
      for (const Link& link : block.exit.links) ForEachVariable(link, use);
    }
    return used;
  }

  // The variables that live where the dispatch jumps: what handlers have for parameters.
  std::vector<bool> FindHandlerParameters() const {
    std::vector<std::vector<bool>> at_start(graph_.blocks().size(),
                                            std::vector<bool>(names_.size()));
    auto at_exit = [&](BlockId id) {
      std::vector<bool> live(names_.size());
      for (const Link& link : graph_.block(id).exit.links) {
        std::vector<bool> before = at_start[link.target.index];
        ForEachVariable(link, [&](uint32_t variable, bool is_set) { before[variable] = !is_set; });
        for (size_t i = 0; i < live.size(); ++i) live[i] = live[i] || before[i];
      }
      return live;
    };
    bool changed = true;
    while (changed) {
      changed = false;
      for (size_t n = plan_.order.size(); n-- > 0;) {
        BlockId id = plan_.order[n];
        const Block& block = graph_.block(id);
        std::vector<bool> live = at_exit(id);
        if (block.exit.value.is_valid()) {
          ForEachLeaf(graph_, plan_, block.exit.value,
                      [&](ValueId leaf) { live[plan_.value(leaf).variable] = true; });
        }
        for (uint32_t i = static_cast<uint32_t>(block.ops.size()); i-- > 0;) {
          if (!plan_.IsStatement(id, i)) continue;
          ForEachVariable(block.ops[i],
                          [&](uint32_t variable, bool is_set) { live[variable] = !is_set; });
        }
        if (live == at_start[id.index]) continue;
        at_start[id.index] = std::move(live);
        changed = true;
      }
    }
    return at_exit(dispatch_.block);
  }

  // The handlers that the table names, and the one for what lies outside of it.
  std::vector<uint32_t> HandlerLinks() const {
    std::vector<uint32_t> links = dispatch_.links;
    if (dispatch_.is_tested) {
      links.push_back(static_cast<uint32_t>(graph_.block(dispatch_.block).exit.links.size() - 1));
    }
    std::sort(links.begin(), links.end());
    links.erase(std::unique(links.begin(), links.end()), links.end());
    return links;
  }

  // Those that are written most in blocks that are not cold are parameters; the others stand in a
  // struct in the frame of the function, to which handlers have a pointer.
  std::vector<bool> FindHandlerState() const {
    std::vector<uint32_t> weights(names_.size());
    const uint32_t copies = static_cast<uint32_t>(dispatch_.links.size());
    for (BlockId id : plan_.order) {
      const Block& block = graph_.block(id);
      if (block.is_cold) continue;
      auto count = [&](uint32_t variable, bool) {
        weights[variable] += id == dispatch_.block ? copies : 1;
      };
      for (uint32_t i = 0; i < block.ops.size(); ++i) {
        // What is only kept for the collector is not in use.
        bool is_root =
            block.ops[i].opcode == Opcode::kRootSet || block.ops[i].opcode == Opcode::kRootGet;
        if (!is_root && plan_.IsStatement(id, i)) ForEachVariable(block.ops[i], count);
      }
    }
    std::vector<size_t> by_weight;
    for (size_t i = 0; i < names_.size(); ++i) {
      TypeKind kind = program_.types.Kind(plan_.variables[i].type);
      if (is_handler_parameter_[i] && !IsFloat(kind)) by_weight.push_back(i);
    }
    std::stable_sort(by_weight.begin(), by_weight.end(),
                     [&](size_t a, size_t b) { return weights[a] > weights[b]; });
    std::vector<bool> in_state(names_.size());
    for (size_t i = kMostHandlerParameters; i < by_weight.size(); ++i) {
      const Variable& variable = plan_.variables[by_weight[i]];
      in_state[by_weight[i]] = variable.at_top && !variable.is_parameter;
    }
    return in_state;
  }

  void DeclareHandlers() {
    is_handler_parameter_ = FindHandlerParameters();
    in_state_ = FindHandlerState();
    std::string parameters;
    std::string state;
    auto add = [&](const std::string& type, const std::string& name) {
      const char* comma = parameters.empty() ? "" : ", ";
      parameters += fmt::format("{}{}{}{}", comma, type, type.back() == '*' ? "" : " ", name);
      handler_arguments_ += comma + name;
    };
    for (size_t i = 0; i < names_.size(); ++i) {
      if (!is_handler_parameter_[i]) continue;
      std::string type = uses_.Spell(plan_.variables[i].type);
      if (!in_state_[i]) {
        add(type, names_[i]);
        continue;
      }
      state += fmt::format("  {} {};\n", type, names_[i]);
      names_[i] = "state->" + names_[i];
    }
    if (has_frame_) add("void**", "roots");
    has_state_ = !state.empty();
    if (has_state_) add(fmt::format("struct {}_state*", uses_.Function(id_)), "state");
    if (parameters.empty()) parameters = "void";
    std::string result =
        ReturnsNothing() ? "void" : uses_.Spell(program_.types.Element(function_.type));
    if (result.back() != '*') result += ' ';
    Raw(
        fmt::format("\n// The instructions of {}.\n"
                    "#ifndef WEFT_MUSTTAIL\n"
                    "#error \"this compiler has no musttail: translate with --dispatch=goto\"\n"
                    "#endif\n",
                    CommentText(function_.name)));
    if (has_state_) Raw(fmt::format("struct {}_state {{\n{}}};\n", uses_.Function(id_), state));
    for (uint32_t link : HandlerLinks()) {
      handler_heads_.push_back(
          fmt::format("static WEFT_HANDLER {}{}({})", result, HandlerName(link), parameters));
      Raw(handler_heads_.back() + ";\n");
    }
    Raw(fmt::format("typedef WEFT_HANDLER {}{}_handler({});\n", result, uses_.Function(id_),
                    parameters));
    Raw(fmt::format("static {0}_handler* const {0}_handlers[] = {{\n", uses_.Function(id_)));
    std::string line = "   ";
    for (size_t i = 0; i < dispatch_.links.size(); ++i) {
      const char* end = i + 1 < dispatch_.links.size() ? "," : "};";
      std::string part = fmt::format(" {}{}", HandlerName(dispatch_.links[i]), end);
      if (line.size() + part.size() > 98) {
        Raw(line + "\n");
        line = "   ";
      }
      line += part;
    }
    Raw(line + "\n");
  }

  void Handlers() {
    in_handler_ = true;
    const Exit& exit = graph_.block(dispatch_.block).exit;
    size_t number = 0;
    for (uint32_t i : HandlerLinks()) {
      const Link& link = exit.links[i];
      Raw("\n");
      Locate(exit.loc);
      Raw(handler_heads_[number++] + " {\n");
      std::vector<BlockId> blocks = LabelledBlocksFrom(link.target);
      std::vector<bool> wanted = VariablesIn(blocks);
      ForEachVariable(link, [&](uint32_t variable, bool) { wanted[variable] = true; });
      for (size_t v = 0; v < wanted.size(); ++v) {
        if (is_handler_parameter_[v]) wanted[v] = false;
      }
      DeclareTop(wanted);
      FindTargets(blocks);
      Copies(link, 1, exit.loc);
      if (blocks.empty()) GoTo(dispatch_.block, 1, exit.loc);
      Body(blocks);
      Raw("}\n");
    }
  }

  // ---- Blocks.

  void GoTo(BlockId target, int indent, SourceLoc loc) {
    if (target != dispatch_.block) {
      Statement(indent, loc, fmt::format("goto {};", Label(target)));
      return;
    }
    Statement(indent, loc, "{");
    for (uint32_t i = 0; i < graph_.block(target).ops.size(); ++i) {
      if (plan_.IsStatement(target, i)) Operate(target, i, indent + 1);
    }
    JumpByTable(indent + 1);
    Statement(indent, {}, "}");
  }

  // A block and what follows straight on. `at_end`: what it falls out of at the end is next_label_.
  void Chain(BlockId id, int indent, bool at_end) {
    while (true) {
      const Block& block = graph_.block(id);
      for (uint32_t i = 0; i < block.ops.size(); ++i) {
        if (plan_.IsStatement(id, i)) Operate(id, i, indent);
      }
      const Exit& exit = block.exit;
      switch (exit.kind) {
        case ExitKind::kReturn:
          Return(exit, indent);
          return;
        case ExitKind::kUnreachable:
          Statement(indent, exit.loc, "WEFT_UNREACHABLE();");
          return;
        case ExitKind::kSwitch:
          Switch(id, indent);
          return;
        case ExitKind::kJump:
          break;
        case ExitKind::kBranch:
          Branch(id, indent);
          break;
        default:
          WEFT_FATAL("{}: block {} ends in what is not left after weaving", function_.name,
                     id.index);
      }
      const Link& link = exit.links[ContinueFrom(graph_, plan_, id).straight];
      Copies(link, indent, exit.loc);
      if (plan_.block(link.target).labelled) {
        if (!at_end || link.target != next_label_) {
          GoTo(link.target, indent, exit.loc);
        }
        return;
      }
      id = link.target;
    }
  }

  // What stands in the braces of a branch or case: the link's copies and where it goes.
  void Arm(const Link& link, int indent, SourceLoc loc) {
    Copies(link, indent, loc);
    if (plan_.block(link.target).labelled) {
      GoTo(link.target, indent, loc);
    } else {
      Chain(link.target, indent, false);
    }
  }

  void Branch(BlockId id, int indent) {
    const Exit& exit = graph_.block(id).exit;
    if (SameLink(exit.links[0], exit.links[1])) return;
    int other = 1 - ContinueFrom(graph_, plan_, id).straight;
    const Link& link = exit.links[other];
    std::string condition = expressions_.Condition(exit.value, other == 1).text;
    if (graph_.block(link.target).is_cold) condition = fmt::format("WEFT_UNLIKELY({})", condition);
    Statement(indent, exit.loc, fmt::format("if ({}) {{", condition));
    Arm(link, indent + 1, exit.loc);
    Statement(indent, {}, "}");
  }

  void Switch(BlockId id, int indent) {
    if (id == dispatch_.block) {
      JumpByTable(indent);
      return;
    }
    const Exit& exit = graph_.block(id).exit;
    TypeKind kind = program_.types.Kind(graph_.type(exit.value));
    Statement(indent, exit.loc, fmt::format("switch ({}) {{", expressions_.Loose(exit.value)));
    for (size_t i = 0; i < exit.links.size();) {
      size_t end = i + 1;
      while (end < exit.links.size() && SameLink(exit.links[i], exit.links[end])) ++end;
      for (size_t j = i; j < end; ++j) {
        std::string label = j < exit.cases.size()
                                ? fmt::format("case {}:", IntLiteral(kind, exit.cases[j]))
                                : "default:";
        Statement(indent + 1, {}, j + 1 == end ? label + " {" : label);
      }
      Arm(exit.links[i], indent + 2, exit.loc);
      Statement(indent + 1, {}, "}");
      i = end;
    }
    Statement(indent, {}, "}");
  }

  void Return(const Exit& exit, int indent) {
    TypeId result = program_.types.Element(function_.type);
    if (!exit.value.is_valid() || program_.types.Kind(result) == TypeKind::kVoid) {
      Statement(indent, exit.loc, "return;");
    } else {
      Statement(indent, exit.loc, fmt::format("return {};", expressions_.As(exit.value, result)));
    }
  }

  // ---- Links: assignments that happen at once, in an order that lets them happen one by one.

  void Copies(const Link& link, int indent, SourceLoc loc) {
    std::vector<ParallelCopy> copies;
    std::vector<std::string> values;
    const auto& targets = graph_.block(link.target).args;
    for (size_t i = 0; i < link.args.size(); ++i) {
      const ValuePlan& target = plan_.value(targets[i]);
      if (target.form != ValuePlan::Form::kVariable) continue;
      const ValuePlan& value = plan_.value(link.args[i]);
      if (value.form == ValuePlan::Form::kVariable && value.variable == target.variable) continue;
      ParallelCopy copy{target.variable, {}};
      ForEachLeaf(graph_, plan_, link.args[i],
                  [&](ValueId leaf) { copy.reads.push_back(plan_.value(leaf).variable); });
      copies.push_back(std::move(copy));
      values.push_back(expressions_.As(link.args[i], graph_.type(targets[i])));
    }
    bool in_braces = false;
    for (const CopyStep& step : OrderCopies(copies)) {
      uint32_t variable = copies[step.copy].variable;
      std::string& value = values[step.copy];
      if (step.kind == CopyStep::Kind::kSave) {
        if (!in_braces) Statement(indent++, loc, "{");
        in_braces = true;
        std::string temporary = fmt::format("t{}", step.copy);
        Statement(indent, loc,
                  fmt::format("{} {} = {};", uses_.Spell(plan_.variables[variable].type), temporary,
                              value));
        value = std::move(temporary);
      } else {
        Statement(indent, loc, fmt::format("{} = {};", names_[variable], value));
      }
    }
    if (in_braces) Statement(indent - 1, loc, "}");
  }

  // ---- Operations that are statements.

  // `text` as what the operation's result becomes, if anything wants it.
  void Assign(const Operation& op, const std::string& text, int indent) {
    if (!op.result.is_valid() || plan_.value(op.result).form != ValuePlan::Form::kVariable) {
      // Compilers would miss a use of a cast.
      Statement(indent, op.loc, (text[0] == '(' ? "(void)" : "") + text + ";");
      return;
    }
    uint32_t variable = plan_.value(op.result).variable;
    if (plan_.variables[variable].at_top || plan_.variables[variable].is_parameter) {
      Statement(indent, op.loc, fmt::format("{} = {};", names_[variable], text));
    } else {
      Statement(
          indent, op.loc,
          fmt::format("{} {} = {};", uses_.Spell(graph_.type(op.result)), names_[variable], text));
    }
  }

  // The statement `if (condition) failed(arguments, place);`.
  void Check(const Operation& op, int indent, const std::string& condition,
             const std::string& failed) {
    Statement(indent, op.loc,
              fmt::format("if (WEFT_UNLIKELY({})) {}{});", condition, failed, Place(op.loc)));
  }

  std::string Place(SourceLoc loc) { return uses_.Place(function_, loc); }

  // The function's part of the shadow stack begins at the variable `roots`, which is read once when
  // it starts: the top is the same again whenever no call is under way. A function that needs the
  // shadow stack in cold blocks only reads the top there.
  bool HasFrame() {
    for (BlockId id : plan_.order) {
      const Block& block = graph_.block(id);
      if (block.is_cold) continue;
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kRootSet || op.opcode == Opcode::kRootsEnter) {
          has_frame_ = true;
          return true;
        }
      }
    }
    return false;
  }

  // A row of root_set and the roots_enter behind it read the top of the shadow stack once: for all
  // that a C compiler knows, each store could change it.
  void RootSet(BlockId id, uint32_t at, int indent) {
    const auto& ops = graph_.block(id).ops;
    const Operation& op = ops[at];
    std::string value = expressions_.Loose(op.args[0]);
    if (has_frame_) {
      Statement(indent, op.loc, fmt::format("roots[{}] = {};", op.imm, value));
      return;
    }
    size_t end = at;
    while (end < ops.size() && ops[end].opcode == Opcode::kRootSet) ++end;
    if (end == ops.size() || ops[end].opcode != Opcode::kRootsEnter) {
      Statement(indent, op.loc, fmt::format("WEFT_ROOT_SET({}, {});", op.imm, value));
      return;
    }
    if (at == 0 || ops[at - 1].opcode != Opcode::kRootSet) {
      Statement(indent, op.loc, "{");
      Statement(indent + 1, op.loc, "void** roots = weft_shadow_top;");
    }
    Statement(indent + 1, op.loc, fmt::format("roots[{}] = {};", op.imm, value));
  }

  void RootsEnter(BlockId id, uint32_t at, int indent) {
    const auto& ops = graph_.block(id).ops;
    uint32_t count = ops[at].imm;
    if (has_frame_) {
      Statement(indent, {}, fmt::format("weft_shadow_top = roots + {};", count));
    } else if (at > 0 && ops[at - 1].opcode == Opcode::kRootSet) {
      Statement(indent + 1, {}, fmt::format("weft_shadow_top = roots + {};", count));
      Statement(indent, {}, "}");
    } else {
      Statement(indent, {}, fmt::format("WEFT_ROOTS_ENTER({});", count));
    }
  }

  // The variable gets the address that its object has now.
  void RootGet(const Operation& op, int indent) {
    std::string slot =
        has_frame_ ? fmt::format("roots[{}]", op.imm) : fmt::format("WEFT_ROOT_GET({})", op.imm);
    Statement(indent, op.loc,
              fmt::format("{} = ({}){};", names_[plan_.value(op.args[0]).variable],
                          uses_.Spell(graph_.type(op.args[0])), slot));
  }

  void WriteBarrier(const Operation& op, int indent) {
    std::string text;
    ContainerId container(op.imm);
    std::string object = expressions_.Loose(op.args[0]);
    switch (op.opcode) {
      case Opcode::kWriteBarrier:
        text = fmt::format("({}, &{}, {})", object,
                           expressions_.FieldAccess(op.args[0], container, op.imm2),
                           expressions_.Loose(op.args[1]));
        break;
      case Opcode::kWriteBarrierObject:
        text = fmt::format("_OBJECT({})", object);
        break;
      case Opcode::kWriteBarrierItem:
        text = fmt::format("_ITEM({}, &{}, {})", object,
                           expressions_.ItemAccess(op.args[0], op.args[1], container, op.imm2),
                           expressions_.Loose(op.args[2]));
        break;
      case Opcode::kWriteBarrierAt:
        text = fmt::format("_AT({}, {}, {})", object, expressions_.Loose(op.args[1]),
                           expressions_.Loose(op.args[2]));
        break;
      case Opcode::kWriteBarrierCopy: {
        uint32_t size = program_.containers.Get(container).item_size;
        text = fmt::format("_COPY({}, {}, {}, {} * {})", object,
                           expressions_.ItemAddress(op.args[0], op.args[1], size),
                           expressions_.ItemAddress(op.args[2], op.args[3], size),
                           expressions_.Unary(op.args[4]), size);
        break;
      }
      default:
        text = fmt::format("_GLOBAL(&{}, {})", uses_.Global(GlobalId(op.imm)), object);
        break;
    }
    Statement(indent, op.loc, fmt::format("WEFT_WRITE_BARRIER{};", text));
  }

  void Operate(BlockId id, uint32_t at, int indent) {
    const Operation& op = graph_.block(id).ops[at];
    auto loose = [&](size_t i) { return expressions_.Loose(op.args[i]); };
    auto unary = [&](size_t i) { return expressions_.Unary(op.args[i]); };
    switch (op.opcode) {
      case Opcode::kCheckNonNull:
        Check(op, indent, unary(0) + " == NULL", "weft_check_nonnull_failed(");
        return;
      case Opcode::kCheckNonZero:
        Check(op, indent, unary(0) + " == 0", "weft_check_nonzero_failed(");
        return;
      case Opcode::kCheckIndex:
        Check(op, indent, fmt::format("(uint64_t){} >= (uint64_t){}", unary(0), unary(1)),
              fmt::format("weft_check_index_failed({}, {}, ", loose(0), loose(1)));
        return;
      case Opcode::kCheckInstance: {
        ContainerId container(op.imm);
        Check(op, indent, fmt::format("{} != NULL && !{}", unary(0), expressions_.HasType(op).text),
              fmt::format("weft_check_cast_failed({}, {}, ", expressions_.TypeIdOf(op.args[0]).text,
                          uses_.TypeIdOf(container)));
        return;
      }
      case Opcode::kFatal:
        Statement(indent, op.loc,
                  fmt::format("weft_fatal((const weft_str*){}, {});", unary(0), Place(op.loc)));
        return;
      case Opcode::kSetField:
        Statement(
            indent, op.loc,
            fmt::format("{} = {};",
                        expressions_.FieldAccess(op.args[0], ContainerId(op.imm), op.imm2),
                        expressions_.As(
                            op.args[1],
                            program_.containers.Get(ContainerId(op.imm)).fields[op.imm2].type)));
        return;
      case Opcode::kSetItem:
        Statement(indent, op.loc,
                  fmt::format(
                      "{} = {};",
                      expressions_.ItemAccess(op.args[0], op.args[1], ContainerId(op.imm), op.imm2),
                      expressions_.As(
                          op.args[2],
                          program_.containers.Get(ContainerId(op.imm)).item_fields[op.imm2].type)));
        return;
      case Opcode::kCopyItems: {
        uint32_t size = program_.containers.Get(ContainerId(op.imm)).item_size;
        Statement(indent, op.loc,
                  fmt::format("weft_copy_bytes({}, {}, {}{});",
                              expressions_.ItemAddress(op.args[0], op.args[1], size),
                              expressions_.ItemAddress(op.args[2], op.args[3], size),
                              size == 1 ? loose(4) : unary(4),
                              size == 1 ? "" : fmt::format(" * {}", size)));
        return;
      }
      case Opcode::kStoreAt:
        Statement(indent, op.loc,
                  fmt::format("WEFT_AT({}, {}, {}) = {};", uses_.Spell(graph_.type(op.args[2])),
                              loose(0), loose(1), loose(2)));
        return;
      case Opcode::kGlobalSet:
        Statement(indent, op.loc,
                  fmt::format("{} = {};", uses_.Global(GlobalId(op.imm)),
                              expressions_.As(op.args[0], program_.global(GlobalId(op.imm)).type)));
        return;
      case Opcode::kTupleMake: {
        const std::string& name = names_[plan_.value(op.result).variable];
        if (!plan_.variables[plan_.value(op.result).variable].at_top) {
          Statement(indent, op.loc,
                    fmt::format("{} {};", uses_.Spell(graph_.type(op.result)), name));
        }
        for (size_t i = 0; i < op.args.size(); ++i) {
          Statement(indent, op.loc, fmt::format("{}.r{} = {};", name, i, loose(i)));
        }
        return;
      }
      case Opcode::kStackCheck:
      case Opcode::kStackUsedUp:
        Assign(op, fmt::format("weft_stack_check({})", Place(op.loc)), indent);
        return;
      case Opcode::kGcCollect:
        Statement(indent, op.loc, "weft_gc_collect();");
        return;
      case Opcode::kExceptionSet:
        Statement(
            indent, op.loc,
            fmt::format("weft_exception_set((weft_object*){}, {});", unary(0), Place(op.loc)));
        return;
      case Opcode::kTracebackAdd:
        // WEFT_MAIN's own function says nothing to the user.
        if (types_.place_names().FunctionAt(function_, op.loc) == "weft_entry_") return;
        Statement(indent, op.loc, fmt::format("weft_traceback_add({});", Place(op.loc)));
        return;
      case Opcode::kRootsEnter:
        RootsEnter(id, at, indent);
        return;
      case Opcode::kRootsLeave:
        Statement(
            indent, {},
            has_frame_ ? "weft_shadow_top = roots;" : fmt::format("WEFT_ROOTS_LEAVE({});", op.imm));
        return;
      case Opcode::kRootSet:
        RootSet(id, at, indent);
        return;
      case Opcode::kRootGet:
        RootGet(op, indent);
        return;
      case Opcode::kRememberAlways:
        Statement(indent, op.loc, fmt::format("WEFT_REMEMBER_ALWAYS({});", loose(0)));
        return;
      case Opcode::kWriteBarrier:
      case Opcode::kWriteBarrierObject:
      case Opcode::kWriteBarrierItem:
      case Opcode::kWriteBarrierAt:
      case Opcode::kWriteBarrierCopy:
      case Opcode::kWriteBarrierGlobal:
        WriteBarrier(op, indent);
        return;
      default:
        Assign(op, expressions_.Result(op).text, indent);
    }
  }

  const Program& program_;
  const CTypes& types_;
  FunctionId id_;
  const FunctionInfo& function_;
  const Graph& graph_;
  const Dispatch dispatch_;
  // Whether the instructions are functions, and whether one of them is being written.
  const bool has_handlers_;
  bool in_handler_ = false;
  FunctionPlan plan_;
  ShardUses& uses_;
  bool line_directives_;
  std::vector<std::string> names_;
  std::vector<std::string> parameters_;
  ExpressionWriter expressions_;
  absl::flat_hash_set<uint32_t> targets_;
  // The links of the dispatch that need copies, and whether the block before it leads there.
  absl::flat_hash_set<uint32_t> case_copies_;
  bool falls_into_dispatch_ = false;
  // What handlers have for parameters, by variable, and as they pass it on; how each begins.
  std::vector<bool> is_handler_parameter_;
  // Of these, what stands in the struct `state`.
  std::vector<bool> in_state_;
  bool has_state_ = false;
  std::string handler_arguments_;
  std::vector<std::string> handler_heads_;
  BlockId next_label_;
  // Whether the shadow stack is used where it is hot.
  bool has_frame_ = false;
  std::string text_;
  // What the compiler takes the next line for; 0 when that is unknown.
  uint32_t at_line_ = 0;
  FileId at_file_;
};

}  // namespace

std::string EmitFunction(const CTypes& types, FunctionId id, const EmitOptions& options,
                         ShardUses* uses) {
  return FunctionEmitter(types, id, options, uses).Run();
}

}  // namespace weft::backend_c
