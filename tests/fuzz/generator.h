#ifndef WEFT_TESTS_FUZZ_GENERATOR_H_
#define WEFT_TESTS_FUZZ_GENERATOR_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

// Makes random programs in restricted C++, for comparing executors. A program always ends, has no
// undefined or unspecified behaviour, and prints one line that depends on everything it computed,
// so that any two executors that differ on it show a bug.
//
// The rules that make it so: loops and calls use up fuel and an exception ends a program without
// any; expressions have no effects but raising one and the same exception, so that the order in
// which C++ evaluates operands does not matter, and calls stand alone in their statements;
// divisors, indices and conversions of floats go through functions that keep them in range.
namespace weft::fuzz {

struct GeneratorOptions {
  uint64_t seed = 1;
  // Statements to leave out, by their number in order of generation: a reducer drops statements
  // one by one as long as the executors still differ.
  std::set<int> dropped;
};

struct GeneratedProgram {
  // A namespace `pSEED` with a function `void run()`, which prints the line "SEED RESULT".
  std::string text;
  // How many statements can be dropped.
  int statements = 0;
};

GeneratedProgram Generate(const GeneratorOptions& options);

// A translation unit with several programs, whose entry runs them in order.
std::string Batch(const std::vector<GeneratedProgram>& programs, uint64_t first_seed);

}  // namespace weft::fuzz

#endif  // WEFT_TESTS_FUZZ_GENERATOR_H_
