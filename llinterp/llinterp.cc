#include "llinterp/llinterp.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "common/check.h"
#include "llinterp/machine.h"

namespace weft::llinterp {

Interpreter::Interpreter(const flowgraph::Program& program, Options options)
    : machine_(std::make_unique<Machine>(program, std::move(options))) {}

Interpreter::~Interpreter() { machine_->world.Flush(); }

Outcome Interpreter::Call(FunctionId function, std::span<const uint64_t> arguments) {
  Outcome outcome = machine_->Call(function, arguments);
  machine_->world.Flush();
  return outcome;
}

uint64_t Interpreter::steps() const { return machine_->steps(); }
uint64_t Interpreter::allocated_bytes() const { return machine_->memory.allocated(); }

uint64_t Interpreter::global(GlobalId id) const { return machine_->globals[id.index]; }
void Interpreter::set_global(GlobalId id, uint64_t value) { machine_->globals[id.index] = value; }

uint64_t Interpreter::frozen(FrozenId id) const { return machine_->memory.frozen(id); }

ContainerId Interpreter::ContainerOf(uint64_t object) const {
  return machine_->memory.TypeOf(object).container;
}

int64_t Interpreter::LengthOf(uint64_t object) const { return machine_->memory.LengthOf(object); }

uint32_t Interpreter::IdentityHashOf(uint64_t object) const {
  return machine_->memory.IdentityHashOf(object);
}

uint64_t Interpreter::NewItems(ContainerId container, int64_t length) {
  uint64_t object =
      machine_->memory.AllocateItems(machine_->memory.TypeOfContainer(container), length);
  WEFT_CHECK(object != 0, "no memory for {} items", length);
  return object;
}

uint64_t Interpreter::NewString(ContainerId container, std::string_view text) {
  uint64_t object = NewItems(container, static_cast<int64_t>(text.size()));
  std::memcpy(machine_->memory.Item(object, 0), text.data(), text.size());
  return object;
}

std::string_view Interpreter::BytesOf(uint64_t string) const {
  return machine_->memory.BytesOf(string);
}

std::string Interpreter::DescribeException(uint64_t exception) const {
  const flowgraph::Program& program = machine_->program;
  if (exception == 0) return "an exception";
  const lltype::Container& container = program.containers.Get(ContainerOf(exception));
  std::string text = container.name;
  if (!program.known.exception.is_valid()) return text;
  const lltype::Container& root =
      program.containers.Get(program.cls(program.known.exception).container);
  for (const lltype::Field& field : root.fields) {
    if (field.name != "message") continue;
    uint64_t message = Load(Access::k64, At(exception, field.offset));
    if (message != 0 && machine_->memory.LengthOf(message) > 0) {
      text += fmt::format(": {}", machine_->memory.BytesOf(message));
    }
  }
  return text;
}

std::string Interpreter::FormatTraceback(const std::vector<TraceEntry>& traceback) const {
  const flowgraph::Program& program = machine_->program;
  std::string text;
  // Deep recursion is told by its first and last calls.
  constexpr size_t kShown = 40;
  for (size_t i = traceback.size(); i-- > 0;) {
    if (traceback.size() > 2 * kShown && i == traceback.size() - 1 - kShown) {
      text += fmt::format("  ... {} other calls\n", traceback.size() - 2 * kShown);
      i = kShown;
      continue;
    }
    // A function's call of a part of itself is no call to people.
    if (i > 0 && program.function(traceback[i - 1].function).part_of.is_valid()) continue;
    SourceLoc loc = traceback[i].loc;
    std::string place = loc.file.is_valid()
                            ? fmt::format("{}:{}", program.files.Path(loc.file), loc.line)
                            : std::string("<no location>");
    text += fmt::format("  {} in {}\n", place,
                        program.function(program.WholeOf(traceback[i].function)).name);
  }
  return text;
}

namespace {

// "64M" and the like; 0 for what is no size.
uint64_t ParseSize(const char* text) {
  char* end = nullptr;
  uint64_t size = std::strtoull(text, &end, 10);
  if (*end == 'k' || *end == 'K') return size << 10;
  if (*end == 'm' || *end == 'M') return size << 20;
  if (*end == 'g' || *end == 'G') return size << 30;
  return *end == '\0' ? size : 0;
}

// The variables that artefacts understand, as far as they mean anything here.
void ReadEnvironment(Options* options) {
  if (const char* text = std::getenv("WEFT_GC_MAX"); text != nullptr) {
    if (uint64_t size = ParseSize(text); size != 0) options->memory_limit = size;
  }
  if (const char* text = std::getenv("WEFT_GC_STRESS"); text != nullptr) {
    options->gc_stress = text[0] != '\0' && text[0] != '0';
  }
}

}  // namespace

int RunProgram(const flowgraph::Program& program, const std::vector<std::string>& arguments,
               Options options) {
  options.outside_world = true;
  ReadEnvironment(&options);
  auto write = options.write;
  auto error = [&](const std::string& text) {
    if (write != nullptr) {
      write(2, text);
    } else {
      std::fwrite(text.data(), 1, text.size(), stderr);
    }
  };
  Interpreter interpreter(program, std::move(options));
  auto report = [&](const Outcome& outcome) {
    switch (outcome.kind) {
      case Outcome::Kind::kReturned:
        return outcome.values.empty() ? 0 : static_cast<int>(outcome.values[0]);
      case Outcome::Kind::kExited:
        return static_cast<int>(outcome.exit_code);
      case Outcome::Kind::kException:
        error("Traceback (most recent call last):\n" +
              interpreter.FormatTraceback(outcome.traceback) +
              "uncaught exception: " + interpreter.DescribeException(outcome.exception) + "\n");
        return 1;
      case Outcome::Kind::kStepLimit:
        error(fmt::format("stopped after {} steps\n", outcome.message) +
              interpreter.FormatTraceback(outcome.traceback));
        return 134;
      default:
        break;
    }
    SourceLoc loc = outcome.traceback.empty() ? SourceLoc() : outcome.traceback[0].loc;
    std::string place = loc.file.is_valid()
                            ? fmt::format("{}:{}", program.files.Path(loc.file), loc.line)
                            : std::string("<no location>");
    std::string text = outcome.kind == Outcome::Kind::kOutsideWorld
                           ? fmt::format("'{}' is unknown to llinterp", outcome.message)
                           : outcome.message;
    error(fmt::format("{}: fatal error: {}\n{}", place, text,
                      interpreter.FormatTraceback(outcome.traceback)));
    return 134;
  };
  if (program.initializer.is_valid()) {
    Outcome outcome = interpreter.Call(program.initializer, {});
    if (outcome.kind != Outcome::Kind::kReturned) return report(outcome);
  }
  std::vector<uint64_t> values;
  std::span<const TypeId> parameters = program.types.List(program.function(program.entry).type);
  if (!parameters.empty()) {
    ContainerId array = program.types.Container(parameters[0]);
    ContainerId str = program.types.Container(program.containers.Get(array).item_fields[0].type);
    uint64_t items = interpreter.NewItems(array, static_cast<int64_t>(arguments.size()));
    for (size_t i = 0; i < arguments.size(); ++i) {
      uint64_t text = interpreter.NewString(str, arguments[i]);
      Store(Access::k64, At(items, program.containers.Get(array).fixed_size + 8 * i), text);
    }
    values.push_back(items);
  }
  return report(interpreter.Call(program.entry, values)) & 0xff;
}

}  // namespace weft::llinterp
