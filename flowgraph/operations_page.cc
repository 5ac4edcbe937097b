#include "flowgraph/operations_page.h"

#include <fmt/format.h>

#include <iterator>

#include "flowgraph/opcode.h"

namespace weft::flowgraph {
namespace {

struct EffectName {
  Effects effect;
  const char* word;
};

constexpr EffectName kEffectNames[] = {
    {kFold, "folds"},      {kRead, "reads"},          {kWrite, "writes"},      {kDrop, "drops"},
    {kRaise, "may raise"}, {kCollect, "may collect"}, {kUnwind, "may unwind"}, {kAbort, "may end"},
};

const char* StagesText(OpStages stages) {
  switch (stages) {
    case OpStages::Source:
      return "source, annotated";
    case OpStages::Low:
      return "rtyped, woven";
    case OpStages::Both:
      return "all";
    case OpStages::Woven:
      return "woven";
  }
  return "";
}

std::string EffectsText(const OpcodeInfo& info) {
  std::string text;
  for (const EffectName& name : kEffectNames) {
    if (!info.Has(name.effect)) continue;
    if (!text.empty()) text += ", ";
    text += name.word;
  }
  return text;
}

}  // namespace

std::string OperationsPage() {
  std::string page =
      "# Operations\n\n"
      "Every operation of flow graphs. This page is made from `flowgraph/opcodes.def` by\n"
      "`bazel run //flowgraph:print_operations`; a test fails when it is stale.\n\n"
      "An operation that *folds* has no effect, and the same operands give the same result. One "
      "that\n"
      "*drops* may be removed when nothing uses its result. The effects of calls are the worst "
      "case;\n"
      "the call graph knows better.\n\n"
      "| operation | operands | stages | effects | what it does |\n|---|---|---|---|---|\n";
  for (size_t i = 0; i < OpcodeCount(); ++i) {
    const OpcodeInfo& info = Info(static_cast<Opcode>(i));
    std::string arity = info.arity == kVariadic ? "any" : fmt::format("{}", info.arity);
    fmt::format_to(std::back_inserter(page), "| `{}` | {} | {} | {} | {} |\n", info.name, arity,
                   StagesText(info.stages), EffectsText(info), info.doc);
  }
  return page;
}

}  // namespace weft::flowgraph
