#include <string>
#include <vector>

#include "driver/commands.h"
#include "driver/pipeline.h"
#include "driver/translation.h"
#include "llinterp/llinterp.h"
#include "optimize/pipeline.h"

namespace weft::driver {

int RunRun(const CommandLine& line) {
  Translation translation(line);
  // C's graphs are run before weaving, which a collector of the interpreter's own does not need;
  // those for a host as the backend gets them.
  bool is_c = line.options.Is(OptionId::kBackend, "c");
  bool is_good = RunPipeline(translation, is_c ? Goal::kRtyped : Goal::kWoven);
  int64_t limit = translation.options().Number(OptionId::kMaxFunctionSize);
  if (is_good && limit > 0) translation.Run(optimize::LimitSizePass(static_cast<size_t>(limit)));
  int code = translation.Finish();
  if (!is_good) return code;
  std::vector<std::string> arguments = {line.operands[0]};
  arguments.insert(arguments.end(), line.program_arguments.begin(), line.program_arguments.end());
  return llinterp::RunProgram(translation.program(), arguments, {.outside_world = true});
}

}  // namespace weft::driver
