#include "backend_c/testing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>

#include "backend_c/backend_c.h"
#include "common/file.h"
#include "flowgraph/text.h"
#include "flowgraph/verifier.h"
#include "typesystem/str_hash.h"
#include "weave/exceptions.h"
#include "weave/gc_transform.h"

namespace weft::backend_c {

const char kDeclarations[] = R"text(container Object types 1 4 size 8 {
}
container Node : Object types 2 3 size 32 {
  field value: i32 at 8
  field next: ptr Node at 16
  field weight: f64 at 24
}
container Exception : Object types 3 4 size 16 {
  field message: ptr str at 8 immutable
}
container str types 4 5 size 24 length_at 8 item_size 1 {
  field hash: i64 at 16 immutable
  item byte: u8 at 0 immutable
}
container "array<str>" types 5 6 size 16 length_at 8 item_size 8 {
  item value: ptr str at 0
}
container "array<Pair>" types 6 7 size 16 length_at 8 item_size 16 {
  item a: i32 at 0
  item b: ptr str at 8
}
container "array<i64>" types 7 8 size 16 length_at 8 item_size 8 {
  item value: i64 at 0
}
container Abstract : Object types 0 0 size 8 {
}
external show_i64: fn(i64)->void
external show_u64: fn(u64)->void
external show_f64: fn(f64)->void
external show_str: fn(ptr str)->void
)text";

namespace {

constexpr char kSupport[] = R"(
#include "backend_c/runtime/ops.h"
#include <stdio.h>
WEFT_BEGIN_C
void show_i64(int64_t a);
void show_u64(uint64_t a);
void show_f64(double a);
void show_str(void* a);
void show_i64(int64_t a) { printf("%lld\n", (long long)a); }
void show_u64(uint64_t a) { printf("%llu\n", (unsigned long long)a); }
void show_f64(double a) { printf("%.17g\n", a); }
void show_str(void* a) {
  printf("%.*s\n", (int)((weft_str*)a)->length, (char*)((weft_str*)a)->bytes);
}
WEFT_END_C
)";

// The macro that says which immediates there are.
std::string BoxingFlag(BoxingScheme scheme) {
  if (scheme == BoxingScheme::kNan) return "-DWEFT_BOXING_NAN";
  return scheme == BoxingScheme::kTagged ? "-DWEFT_BOXING_TAGGED" : "";
}

// The run time and the collector, compiled once for all tests of a process.
const std::string& RuntimeObjects(BoxingScheme scheme) {
  static auto* const built = new std::map<BoxingScheme, std::string>;
  std::string& objects = (*built)[scheme];
  if (objects.empty()) {
    std::string folder = FreshFolder("runtime");
    objects = folder + "/runtime.o";
    RunResult result =
        Shell(fmt::format("g++ -std=c++20 -O1 -fno-exceptions -fno-rtti {} -I. -r -nostdlib -o {} "
                          "gc/marksweep.cc gc/block_heap.cc gc/support.cc backend_c/runtime/*.cc",
                          BoxingFlag(scheme), objects));
    EXPECT_EQ(result.exit_code, 0) << result.output;
  }
  return objects;
}

}  // namespace

std::string FrozenString(int number, std::string_view text) {
  std::string bytes(8, '\0');
  auto add = [&](int64_t value) {
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(value >> (8 * i));
  };
  add(static_cast<int64_t>(text.size()));
  add(StrHash(text));
  bytes += text;
  std::string hex;
  for (char c : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return fmt::format("frozen {} str length {} bytes {}\n", number, text.size(), hex);
}

std::vector<Toolchain> Toolchains() {
  return {{"gcc_c11", "gcc -std=c11 -O2"},
          {"gcc_c11_debug", "gcc -std=c11 -O0"},
          {"gcc_cxx20", "g++ -x c++ -std=c++20 -O2"},
          {"clang_c11", "clang-19 -std=c11 -O2"},
          {"clang_cxx20", "clang++-19 -x c++ -std=c++20 -O1"}};
}

std::string FreshFolder(const std::string& name) {
  const char* base = std::getenv("TEST_TMPDIR");
  std::string pattern = fmt::format("{}/weft_{}_XXXXXX", base != nullptr ? base : "/tmp", name);
  EXPECT_NE(mkdtemp(pattern.data()), nullptr);
  return pattern;
}

RunResult Shell(const std::string& command) {
  RunResult result;
  FILE* pipe = popen(fmt::format("( {} ) 2>&1", command).c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4096];
  size_t count;
  while ((count = fread(buffer, 1, sizeof buffer, pipe)) > 0) result.output.append(buffer, count);
  int status = pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

RunResult CompileAndRun(const std::string& text, const Toolchain& toolchain,
                        const std::string& extra, DispatchStyle dispatch) {
  auto program = flowgraph::Parse(text);
  if (!program.ok()) return {program.error().message(), -1};
  EXPECT_EQ(flowgraph::Verify(**program), std::vector<std::string>());
  if ((*program)->stage == flowgraph::Stage::kRtyped) {
    weave::WeaveExceptions(**program);
    weave::TransformForGc(**program);
    EXPECT_EQ(flowgraph::Verify(**program), std::vector<std::string>());
  }
  ArtefactOptions options;
  options.folder = FreshFolder(toolchain.name);
  options.root = ".";
  options.dispatch = dispatch;
  auto written = WriteArtefact(**program, options);
  if (!written.ok()) return {written.error().message(), -1};
  EXPECT_TRUE(WriteFile(options.folder + "/support.c", kSupport).ok());
  if (!extra.empty()) {
    EXPECT_TRUE(WriteFile(options.folder + "/extra.c", extra).ok());
  }
  RunResult built = Shell(fmt::format(
      "cd {} && rm all.c && {} {} -Wall -Werror -fno-strict-aliasing -I. *.c -x none {} "
      "-lm -o program",
      options.folder, toolchain.command, BoxingFlag((*program)->boxing.scheme),
      RuntimeObjects((*program)->boxing.scheme)));
  if (built.exit_code != 0) return built;
  RunResult result = Shell(options.folder + "/program");
  std::filesystem::remove_all(options.folder);
  return result;
}

}  // namespace weft::backend_c
