#include "driver/pipeline.h"

#include <filesystem>

#include "annotator/annotator.h"
#include "backend_c/collectors.h"
#include "common/file.h"
#include "driver/collector_choice.h"
#include "frontend/frontend.h"
#include "llinterp/freeze.h"
#include "optimize/pipeline.h"
#include "rtyper/rtyper.h"
#include "weave/exceptions.h"
#include "weave/gc_transform.h"

namespace weft::driver {

namespace {

using flowgraph::Pass;

// Every source file must be there before Clang starts, so that one that is not is told in our
// words.
bool CheckSources(Translation& t) {
  for (const std::string& source : t.line().operands) {
    ErrorOr<std::string> text = ReadFile(source);
    if (!text.ok()) t.diagnostics().Report(diag::kFileUnreadable, source, text.error().message());
  }
  return !t.diagnostics().has_errors();
}

// The folder that holds dsl/, as seen from here if we are in it: its headers' names become part of
// the artefact, which should not depend on where the checkout stands.
std::string FolderOfDsl(const std::string& root) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path from_here = fs::path(root).lexically_relative(fs::current_path(error));
  for (const fs::path& part : from_here) {
    if (part != ".." && part != ".") return root;
  }
  return from_here.empty() ? root : from_here.string();
}

// C++ to source-stage graphs: locals are slots, calls are calls.
void ReadCpp(Translation& t) {
  if (!CheckCollectorChoice(t.options(), t.diagnostics()) || !CheckSources(t)) return;
  frontend::FrontendOptions options;
  options.sources = t.line().operands;
  options.include_dirs = t.options().List(OptionId::kIncludeDirs);
  options.include_dirs.push_back(FolderOfDsl(t.root()));
  options.defines = t.options().List(OptionId::kDefines);
  // llinterp has no host, so `weft run` takes what stands in for its classes.
  options.backend = t.options().Text(OptionId::kBackend);
  bool has_host = options.backend != "c" && t.line().command != "run";
  if (has_host) options.host = options.backend;
  options.check_everything = t.line().command == "check";
  options.color = t.uses_color();
  frontend::FrontendResult result = frontend::Parse(options, t.diagnostics(), t.program());
  t.clang_messages = result.clang_messages;
  for (const std::string& source : result.sources) {
    t.sources.push_back(std::filesystem::path(source).lexically_normal().string());
  }
  t.has_failed = !result.ok;
  if (result.ok) t.AfterPhase("frontend");
}

optimize::PipelineOptions PassOptions(const Translation& t) {
  return {.level = static_cast<int>(t.options().Number(OptionId::kLevel)),
          .inlines = t.options().Flag(OptionId::kInline),
          .keeps_checks = t.options().Is(OptionId::kChecks, "all"),
          .max_function_size = static_cast<size_t>(t.options().Number(OptionId::kMaxFunctionSize))};
}

void RunAll(Translation& t, const std::vector<Pass>& passes) {
  for (const Pass& pass : passes) t.Run(pass);
}

// Locals become values, and calls the code that they call.
void OptimiseSource(Translation& t) { RunAll(t, optimize::SourcePasses(PassOptions(t))); }

// What holds in the whole program, and what follows from it.
void Annotate(Translation& t) {
  t.annotations.emplace(annotator::Annotate(t.program(), t.diagnostics()));
  if (t.diagnostics().has_errors()) return;
  t.AfterPhase("annotator");
  t.Run(Pass{.name = "apply_annotations",
             .doc = "Uses what the annotator proved: constants, direct calls, no idle checks.",
             .run_program = [&t](flowgraph::Program& program) {
               return annotator::ApplyAnnotations(program, *t.annotations);
             }});
  RunAll(t, optimize::AnnotatedPasses(PassOptions(t)));
}

// Objects, values and places become containers, pointers and scalars.
void ChooseRepresentations(Translation& t) {
  BoxingScheme boxing = BoxingScheme::kNone;
  for (BoxingScheme scheme : {BoxingScheme::kTagged, BoxingScheme::kNan}) {
    if (t.options().Is(OptionId::kBoxing, kBoxingSchemeNames[static_cast<size_t>(scheme)])) {
      boxing = scheme;
    }
  }
  if (rtyper::Rtype(t.program(), &*t.annotations, t.diagnostics(), TypeSystemFor(t.options()),
                    boxing, &t.unboxed_reports)) {
    t.AfterPhase("rtyper");
  }
}

// The globals' initialisers run now; what they leave is part of the program.
void RunInitialisers(Translation& t) {
  llinterp::FreezeOptions options;
  options.step_limit = static_cast<uint64_t>(t.options().Number(OptionId::kStepLimit));
  if (llinterp::Freeze(t.program(), t.diagnostics(), options, &t.freeze_statistics)) {
    t.AfterPhase("freeze");
  }
}

// Again, now that places are offsets and the heap is known.
void OptimiseLowLevel(Translation& t) { RunAll(t, optimize::LowLevelPasses(PassOptions(t))); }

weave::Barriers BarriersFor(const backend_c::Collector& collector) {
  switch (collector.barriers) {
    case backend_c::StoresTold::kObjects:
      return weave::Barriers::kObjects;
    case backend_c::StoresTold::kOverwrites:
      return weave::Barriers::kOverwrites;
    case backend_c::StoresTold::kStores:
      return weave::Barriers::kStores;
    case backend_c::StoresTold::kNoBarriers:
      break;
  }
  return weave::Barriers::kNone;
}

// Exceptions become tests, and references in variables visible to the collector.
void Weave(Translation& t) {
  t.Run(Pass{
      .name = "weave_exceptions",
      .doc = "Raising leaves a pending exception, and calls that may raise are followed by a test.",
      .run_program = weave::WeaveExceptions});
  const backend_c::Collector& collector = ChooseCollector(t.options());
  if (collector.roots == backend_c::RootFinding::kNone) return;
  weave::GcTransformOptions options;
  options.roots = !UsesConservativeRoots(t.options());
  options.moves = collector.moves;
  options.barriers = BarriersFor(collector);
  options.large_array_bytes = collector.large;
  options.notes = t.options().IsGiven(OptionId::kFunction) || t.line().wants_gc_report;
  t.Run(Pass{.name = "gc_transform",
             .doc = "References that live across a collection stand on the shadow stack.",
             .run_program = [&t, options](flowgraph::Program& program) {
               t.gc_counts = weave::TransformForGc(program, options);
               return true;
             }});
}

// One step of a translation.
struct Task {
  // What the progress display says.
  const char* name;
  // The goal that it works towards, reached with the last task of that goal.
  Goal goal;
  void (*run)(Translation&);
  // Hosts have exceptions and a collector of their own.
  bool is_for_ootype = true;
};

// A translation, in order. Each task gets the program as the one before it left it.
constexpr Task kPipeline[] = {
    {"read C++", Goal::kSource, ReadCpp},
    {"optimise source graphs", Goal::kAnnotated, OptimiseSource},
    {"annotate", Goal::kAnnotated, Annotate},
    {"choose representations", Goal::kRtyped, ChooseRepresentations},
    {"run initialisers", Goal::kRtyped, RunInitialisers},
    {"optimise", Goal::kWoven, OptimiseLowLevel},
    {"weave exceptions and gc", Goal::kWoven, Weave, /*is_for_ootype=*/false},
};

bool IsWanted(const Task& task, const Options& options) {
  return task.is_for_ootype || TypeSystemFor(options) == flowgraph::TypeSystem::kLltype;
}

bool RunTask(const Task& task, Translation& translation) {
  if (!IsWanted(task, translation.options())) return true;
  return translation.RunTask(task.name, [&] { task.run(translation); });
}

}  // namespace

flowgraph::TypeSystem TypeSystemFor(const Options& options) {
  return options.Is(OptionId::kBackend, "c") ? flowgraph::TypeSystem::kLltype
                                             : flowgraph::TypeSystem::kOotype;
}

size_t TaskCount(const Options& options) {
  size_t count = 2;
  for (const Task& task : kPipeline) count += IsWanted(task, options);
  return count;
}

bool RunPipeline(Translation& translation, Goal goal) {
  for (const Task& task : kPipeline) {
    if (task.goal <= goal && !RunTask(task, translation)) return false;
  }
  return true;
}

bool ContinuePipeline(Translation& translation, Goal from, Goal goal) {
  for (const Task& task : kPipeline) {
    if (task.goal > from && task.goal <= goal && !RunTask(task, translation)) return false;
  }
  return true;
}

}  // namespace weft::driver
