// Prints random programs in restricted C++: `generate SEED [COUNT] [--drop=N,N...]`. The statements
// of one program can be dropped by number; with --count only their number is printed.

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/fuzz/generator.h"

int main(int argc, char** argv) {
  using weft::fuzz::GeneratedProgram;
  using weft::fuzz::GeneratorOptions;
  if (argc < 2) {
    std::fprintf(stderr, "usage: generate SEED [COUNT] [--drop=N,N...] [--count]\n");
    return 2;
  }
  uint64_t first = std::strtoull(argv[1], nullptr, 10);
  uint64_t count = 1;
  bool is_counting = false;
  GeneratorOptions options;
  for (int i = 2; i < argc; ++i) {
    if (std::strcmp(argv[i], "--count") == 0) {
      is_counting = true;
    } else if (std::strncmp(argv[i], "--drop=", 7) == 0) {
      for (char* text = argv[i] + 7; *text != '\0';) {
        options.dropped.insert(static_cast<int>(std::strtol(text, &text, 10)));
        if (*text == ',') ++text;
      }
    } else {
      count = std::strtoull(argv[i], nullptr, 10);
    }
  }
  std::vector<GeneratedProgram> programs;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    options.seed = seed;
    programs.push_back(weft::fuzz::Generate(options));
  }
  if (is_counting) {
    std::printf("%d\n", programs[0].statements);
  } else {
    std::fputs(weft::fuzz::Batch(programs, first).c_str(), stdout);
  }
  return 0;
}
