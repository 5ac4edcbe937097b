#include "driver/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/container/flat_hash_map.h"
#include "driver/collector_choice.h"
#include "driver/commands.h"
#include "driver/pipeline.h"

namespace weft::driver {

namespace {

std::vector<Count> CountContents(const Translation& translation) {
  const flowgraph::Program& program = translation.program();
  auto number = [](auto value) { return static_cast<int64_t>(value); };
  const llinterp::FreezeStatistics& frozen = translation.freeze_statistics;
  return {{"classes", number(program.classes.size())},
          {"value classes", number(program.value_classes.size())},
          {"virtual methods", number(program.methods.size())},
          {"globals", number(program.globals.size())},
          {"globals that are constant", number(frozen.constant_globals)},
          {"externals", number(program.externals.size())},
          {"dispatch tables", number(program.dispatch_tables.size())},
          {"string literals", number(program.literal_count())},
          {"initialisers' steps", number(frozen.steps)},
          {"initialisers' bytes", number(frozen.allocated_bytes)},
          {"frozen objects", number(frozen.frozen_objects)},
          {"frozen bytes", number(frozen.frozen_bytes)}};
}

// What the gc transform did to the whole program.
std::vector<Count> CountGc(const weave::GcTransformCounts& gc) {
  auto number = [](size_t n) { return static_cast<int64_t>(n); };
  return {{"allocations", number(gc.allocations)},
          {"operations that may collect", number(gc.collecting)},
          {"operations that may collect, in cold blocks", number(gc.collecting_cold)},
          {"operations that may collect, without roots", number(gc.without_roots)},
          {"references that live across them", number(gc.roots)},
          {"references that were in their slot already", number(gc.roots_kept)},
          {"stores into the shadow stack", number(gc.root_sets)},
          {"reads from the shadow stack", number(gc.root_gets)},
          {"write barriers", number(gc.barriers)},
          {"write barriers saved: into new objects", number(gc.barriers_new)},
          {"write barriers saved: no object of the heap", number(gc.barriers_constant)},
          {"write barriers saved: behind another one", number(gc.barriers_merged)},
          {"write barriers saved: large arrays", number(gc.barriers_large)}};
}

std::vector<Count> CountFacts(const annotator::Annotations& annotations) {
  const annotator::AnnotationCounts& counts = annotations.counts;
  auto number = [](size_t value) { return static_cast<int64_t>(value); };
  return {{"functions", number(counts.functions)},
          {"functions reachable", number(counts.reachable_functions)},
          {"classes", number(counts.classes)},
          {"classes instantiated", number(counts.instantiated_classes)},
          {"virtual calls", number(counts.virtual_calls)},
          {"virtual calls with one target", number(counts.virtual_calls_with_one_target)},
          {"calls by pointer", number(counts.pointer_calls)},
          {"calls by pointer with one target", number(counts.pointer_calls_with_one_target)},
          {"checks", number(counts.checks)},
          {"checks proven", number(counts.checks_proven)},
          {"fields", number(counts.fields)},
          {"fields constant", number(counts.fields_constant)},
          {"fields written by constructors alone", number(counts.fields_immutable)},
          {"looks at a function", number(counts.visits)}};
}

// How many functions the report on everything lists.
constexpr size_t kGcCostsShown = 20;

size_t GcOperations(const GcCost& cost) {
  return cost.counts.root_sets + cost.counts.root_gets + cost.counts.barriers;
}

std::vector<GcCost> GcCosts(const Translation& translation) {
  std::vector<GcCost> costs;
  for (const weave::GcFunctionCounts& counts : translation.gc_counts.functions) {
    costs.push_back({translation.program().function(counts.function).name, counts});
  }
  std::stable_sort(costs.begin(), costs.end(), [](const GcCost& a, const GcCost& b) {
    return GcOperations(a) > GcOperations(b);
  });
  return costs;
}

// Why the roots and barriers of these functions are there.
std::vector<std::string> GcNotes(Translation& translation) {
  std::vector<std::string> notes;
  const bool is_for_all = translation.line().wants_gc_report;
  const bool is_for_some = translation.options().IsGiven(OptionId::kFunction);
  if ((!is_for_all && !is_for_some) || translation.diagnostics().has_errors()) return notes;
  flowgraph::Program& program = translation.program();
  std::vector<FunctionId> functions;
  if (is_for_some) {
    functions = FindFunctions(program, translation.options().Text(OptionId::kFunction),
                              translation.diagnostics(), /*with_removed=*/true);
  } else {
    for (const weave::GcFunctionCounts& counts : translation.gc_counts.functions) {
      functions.push_back(counts.function);
    }
  }
  absl::flat_hash_map<uint32_t, std::string> texts;
  for (const weave::GcNote& note : translation.gc_counts.notes) {
    texts[note.function.index] += fmt::format(
        "  {}:{}: {}\n", note.loc.file.is_valid() ? program.files.Path(note.loc.file) : "?",
        note.loc.line, note.text);
  }
  for (FunctionId id : functions) {
    const std::string& text = texts[id.index];
    if (text.empty()) continue;
    notes.push_back(
        fmt::format("what {} tells the collector\n{}", program.function(id).name, text));
  }
  return notes;
}

void AppendGcCosts(std::string& text, const std::vector<GcCost>& costs, size_t shown) {
  if (costs.empty()) return;
  text += fmt::format("\n{:44} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "roots and barriers",
                      "allocate", "collect", "roots", "stores", "reads", "barriers");
  for (size_t i = 0; i < costs.size() && i < shown; ++i) {
    const weave::GcFunctionCounts& counts = costs[i].counts;
    text += fmt::format("  {:42} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", costs[i].function,
                        counts.allocations, counts.collecting, counts.roots, counts.root_sets,
                        counts.root_gets, counts.barriers);
  }
  if (costs.size() > shown) {
    text += fmt::format("  ... and {} functions more; `weft report --gc` shows them\n",
                        costs.size() - shown);
  }
}

void AppendCounts(std::string& text, const std::string& title, const std::vector<Count>& counts) {
  if (counts.empty()) return;
  text += fmt::format("\n{}\n", title);
  for (const Count& count : counts)
    text += fmt::format("  {:44} {:>10}\n", count.name, count.value);
}

nlohmann::ordered_json CountsJson(const std::vector<Count>& counts) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const Count& count : counts) json[count.name] = count.value;
  return json;
}

nlohmann::ordered_json GcJson(const Report& report) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const GcCost& cost : report.gc) {
    const weave::GcFunctionCounts& counts = cost.counts;
    json.push_back({{"function", cost.function},
                    {"allocations", counts.allocations},
                    {"collecting", counts.collecting},
                    {"collecting_cold", counts.collecting_cold},
                    {"roots", counts.roots},
                    {"roots_kept", counts.roots_kept},
                    {"root_sets", counts.root_sets},
                    {"root_gets", counts.root_gets},
                    {"barriers", counts.barriers},
                    {"barriers_new", counts.barriers_new},
                    {"barriers_constant", counts.barriers_constant},
                    {"barriers_merged", counts.barriers_merged},
                    {"barriers_large", counts.barriers_large}});
  }
  return json;
}

// Names of files may be any bytes; what is no UTF-8 is replaced.
std::string JsonText(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

Report MakeReport(Translation& translation) {
  Report report;
  report.program = translation.line().operands[0];
  report.sources = translation.sources;
  report.tasks = translation.progress().times();
  report.sizes = translation.sizes;
  for (const flowgraph::PassTiming& pass : translation.passes().timings()) {
    report.passes.push_back({.name = pass.name,
                             .seconds = std::chrono::duration<double>(pass.time).count(),
                             .changed_functions = pass.changed_functions});
  }
  report.contents = CountContents(translation);
  report.facts = CountFacts(*translation.annotations);
  report.unboxed = translation.unboxed_reports;
  report.gc = GcCosts(translation);
  report.gc_totals = CountGc(translation.gc_counts);
  report.is_about_gc = translation.line().wants_gc_report;
  report.collector = ChooseCollector(translation.options()).name;
  return report;
}

// What the annotator says of the functions that --function names. It speaks of source-stage graphs,
// so it is asked before they are replaced.
std::vector<std::string> Explanations(Translation& translation) {
  std::vector<std::string> explanations;
  if (translation.options().IsGiven(OptionId::kFunction)) {
    for (FunctionId id :
         FindFunctions(translation.program(), translation.options().Text(OptionId::kFunction),
                       translation.diagnostics(), /*with_removed=*/true)) {
      explanations.push_back(translation.annotations->ReportFunction(id));
    }
  }
  return explanations;
}

std::string GcReportText(const Report& report) {
  std::string text = fmt::format("{}\n", report.program);
  AppendCounts(text, fmt::format("what the program tells the collector '{}'", report.collector),
               report.gc_totals);
  AppendGcCosts(text, report.gc, report.gc.size());
  for (const std::string& explanation : report.explanations) text += "\n" + explanation;
  return text;
}

std::string ReportText(const Report& report) {
  if (report.is_about_gc) return GcReportText(report);
  std::string text = fmt::format("{}\n\nsources\n", report.program);
  for (const std::string& source : report.sources) text += fmt::format("  {}\n", source);
  text += fmt::format("\n{:32} {:>9} {:>9} {:>10} {:>8} {:>11}\n", "task", "time", "memory",
                      "functions", "blocks", "operations");
  for (size_t i = 0; i < report.tasks.size(); ++i) {
    const TaskTime& task = report.tasks[i];
    const ProgramSize& size = report.sizes[i];
    text += fmt::format("  {:30} {:>7.3f} s {:>6.0f} MB {:>10} {:>8} {:>11}\n", task.name,
                        task.seconds, static_cast<double>(task.peak_bytes) / 1e6, size.functions,
                        size.blocks, size.operations);
  }
  text += fmt::format("\n{:32} {:>9} {:>19}\n", "pass", "time", "functions changed");
  for (const PassCost& pass : report.passes) {
    text +=
        fmt::format("  {:30} {:>7.3f} s {:>19}\n", pass.name, pass.seconds, pass.changed_functions);
  }
  AppendCounts(text, "the program", report.contents);
  AppendCounts(text, "proven", report.facts);
  if (!report.unboxed.empty()) text += "\nUnboxed classes\n";
  for (const rtyper::UnboxedReport& unboxed : report.unboxed) {
    text += fmt::format("  {:30} {}{}{}\n", unboxed.class_name,
                        unboxed.is_immediate ? "in the reference" : "on the heap",
                        unboxed.remark.empty() ? "" : ": ", unboxed.remark);
  }
  AppendCounts(text, "what the program tells the collector", report.gc_totals);
  AppendGcCosts(text, report.gc, kGcCostsShown);
  for (const std::string& explanation : report.explanations) text += "\n" + explanation;
  return text;
}

std::string ReportJson(const Report& report) {
  nlohmann::ordered_json json;
  json["program"] = report.program;
  json["collector"] = report.collector;
  json["gc_totals"] = CountsJson(report.gc_totals);
  json["gc"] = GcJson(report);
  json["explanations"] = report.explanations;
  if (report.is_about_gc) return JsonText(json);
  json["sources"] = report.sources;
  json["tasks"] = nlohmann::ordered_json::array();
  for (size_t i = 0; i < report.tasks.size(); ++i) {
    const TaskTime& task = report.tasks[i];
    const ProgramSize& size = report.sizes[i];
    json["tasks"].push_back({{"name", task.name},
                             {"seconds", task.seconds},
                             {"peak_bytes", task.peak_bytes},
                             {"functions", size.functions},
                             {"blocks", size.blocks},
                             {"operations", size.operations}});
  }
  json["passes"] = nlohmann::ordered_json::array();
  for (const PassCost& pass : report.passes) {
    json["passes"].push_back({{"name", pass.name},
                              {"seconds", pass.seconds},
                              {"changed_functions", pass.changed_functions}});
  }
  json["contents"] = CountsJson(report.contents);
  json["facts"] = CountsJson(report.facts);
  json["unboxed"] = nlohmann::ordered_json::array();
  for (const rtyper::UnboxedReport& unboxed : report.unboxed) {
    json["unboxed"].push_back({{"class", unboxed.class_name},
                               {"in_reference", unboxed.is_immediate},
                               {"remark", unboxed.remark}});
  }
  return JsonText(json);
}

int RunReport(const CommandLine& line) {
  Translation translation(line);
  if (!RunPipeline(translation, Goal::kAnnotated)) return translation.Finish();
  std::vector<std::string> explanations = Explanations(translation);
  if (!ContinuePipeline(translation, Goal::kAnnotated, Goal::kWoven)) return translation.Finish();
  Report report = MakeReport(translation);
  for (std::string& note : GcNotes(translation)) explanations.push_back(std::move(note));
  report.explanations = std::move(explanations);
  int code = translation.Finish();
  if (code == 0) {
    fmt::print("{}", line.options.Flag(OptionId::kJson) ? ReportJson(report) : ReportText(report));
  }
  return code;
}

}  // namespace weft::driver
