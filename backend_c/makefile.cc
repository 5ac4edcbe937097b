#include "backend_c/makefile.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "backend_c/collectors.h"

namespace weft::backend_c {

namespace {

// Everything in it that depends on the program stands in the variables at the top.
constexpr std::string_view kRules = R"(
# make                      the program, at -O$(LEVEL)
# make -j CC=clang          any C compiler; also CC='g++ -x c++', the sources are C++ as well
# make debug                $(NAME)-debug: not optimised, for a debugger
# make lto                  optimised across all sources
# make pgo TRAINING='...'   optimised for what it does with these arguments (gcc or clang)
# make UNIT=1               all shards as one translation unit
# make clean

ifeq ($(origin CC),default)
CC := $(DEFAULT_CC)
endif
# The run time is C++ that needs no C++ library, so any C compiler that knows C++ links it.
ifeq ($(origin CXX),default)
CXX := $(CC) -x c++
endif

ifneq (,$(findstring c++,$(CC))$(findstring g++,$(CC)))
STANDARD := -std=c++20
else
STANDARD := -std=c11
endif

MODE ?= release
OPTIMISE ?= -O$(LEVEL)
# What the language defines and C does not, first; then what makes a program fast without changing
# what it does.
SEMANTICS := -fno-strict-aliasing -fwrapv -ffp-contract=off
SPEED := -fno-math-errno -fno-pie -fno-plt -fvisibility=hidden -fno-asynchronous-unwind-tables
CFLAGS ?= -Wall
RUNTIME_CXXFLAGS := -std=c++20 -fno-exceptions -fno-rtti -fno-threadsafe-statics -D_GNU_SOURCE
ALL_FLAGS = $(OPTIMISE) $(SEMANTICS) $(SPEED) $(DEFINES) -I. $(MODE_FLAGS)
LINK_FLAGS ?= -no-pie
OUTPUT ?= $(NAME)
OBJECTS_IN := objects/$(MODE)

ifeq ($(UNIT),1)
SOURCES := all
else
SOURCES := $(SHARDS)
endif
OBJECTS := $(SOURCES:%=$(OBJECTS_IN)/%.o) $(RUNTIME:%.cc=$(OBJECTS_IN)/%.o)

$(OUTPUT): $(OBJECTS)
	$(CC) $(OPTIMISE) $(MODE_FLAGS) $(LINK_FLAGS) $(LDFLAGS) -o $@ -x none $(OBJECTS) $(LIBRARIES)

$(OBJECTS_IN)/%.o: %.c Makefile
	@mkdir -p $(dir $@)
	$(CC) $(STANDARD) $(ALL_FLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(OBJECTS_IN)/%.o: %.cc Makefile
	@mkdir -p $(dir $@)
	$(CXX) $(RUNTIME_CXXFLAGS) $(ALL_FLAGS) -MMD -MP -c $< -o $@

-include $(OBJECTS:.o=.d)

debug:
	$(MAKE) MODE=debug OPTIMISE=-O0 MODE_FLAGS='-g -DWEFT_DEBUG' OUTPUT=$(NAME)-debug

ifneq (,$(findstring clang,$(CC)))
LTO := -flto
else
LTO := -flto=auto
endif

lto:
	$(MAKE) MODE=lto MODE_FLAGS='$(LTO)'

# A profile comes in three steps, of which `translate --pgo` does the second by itself: a program
# that counts, a run of it, and the program that is built by the counts. PGO_LTO=1 optimises across
# all sources as well.
TRAINING ?=
PGO_LTO ?=
PROFILES := $(CURDIR)/objects/profile
ifneq (,$(findstring clang,$(CC)))
PROFILE_MAKE = -fprofile-instr-generate=$(PROFILES)/%p.profraw
PROFILE_MERGE = $$($(CC) -print-prog-name=llvm-profdata) merge -o $(PROFILES)/merged $(PROFILES)/*.profraw
PROFILE_USE = -fprofile-instr-use=$(PROFILES)/merged
else
PROFILE_MAKE = -fprofile-generate -fprofile-update=atomic -fprofile-dir=$(PROFILES)
PROFILE_MERGE = true
PROFILE_USE = -fprofile-use -fprofile-dir=$(PROFILES) -Wno-missing-profile
endif

pgo:
	$(MAKE) trainee
	-./objects/trainee $(TRAINING)
	$(MAKE) trained

trainee:
	rm -rf objects/profile objects/pgo
	mkdir -p objects/profile
	$(MAKE) MODE=pgo UNIT=1 MODE_FLAGS='$(PROFILE_MAKE)' OUTPUT=objects/trainee

trained:
	$(PROFILE_MERGE)
	find objects/pgo -name '*.o' -delete
	$(MAKE) MODE=pgo UNIT=1 MODE_FLAGS='$(PROFILE_USE) $(if $(PGO_LTO),$(LTO))'

clean:
	rm -rf objects $(NAME) $(NAME)-debug

.PHONY: debug lto pgo trainee trained clean
)";

// The macros that choose the collector, its roots and the representation of numbers.
std::vector<std::string> Defines(const ArtefactOptions& options, BoxingScheme boxing) {
  std::vector<std::string> defines;
  const Collector& collector = FindCollector(options.gc);
  if (!collector.define.empty()) defines.emplace_back(collector.define);
  if (options.conservative_roots) defines.emplace_back("WEFT_GC_CONSERVATIVE");
  if (boxing == BoxingScheme::kNan) defines.emplace_back("WEFT_BOXING_NAN");
  if (boxing == BoxingScheme::kTagged) defines.emplace_back("WEFT_BOXING_TAGGED");
  return defines;
}

}  // namespace

std::vector<std::string> RuntimeFiles(const std::string& gc) {
  std::vector<std::string> files = {"backend_c/runtime/exceptions.cc",
                                    "backend_c/runtime/exceptions.h",
                                    "backend_c/runtime/ops.h",
                                    "backend_c/runtime/os.cc",
                                    "backend_c/runtime/os.h",
                                    "backend_c/runtime/runtime.h",
                                    "backend_c/runtime/startup.cc",
                                    "gc/boxing.h",
                                    "gc/support.cc",
                                    "gc/support.h",
                                    "gc/weft_gc.h"};
  std::string_view own = FindCollector(gc).files;
  while (!own.empty()) {
    size_t end = std::min(own.find(' '), own.size());
    files.push_back(fmt::format("gc/{}", own.substr(0, end)));
    own.remove_prefix(std::min(end + 1, own.size()));
  }
  return files;
}

std::string EmitUnit(const std::vector<std::string>& shards) {
  std::string text =
      "// All shards as one translation unit, whose functions nobody else sees.\n\n"
      "#define WEFT_FUNCTION static\n\n";
  for (const std::string& shard : shards) text += fmt::format("#include \"{}.c\"\n", shard);
  return text;
}

std::string ExecutableName(std::string_view wanted) {
  std::string name;
  for (char c : wanted) {
    bool is_safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_' || c == '.' || c == '+' || (c == '-' && !name.empty());
    name += is_safe ? c : '_';
  }
  // A target of the Makefile's own, or one of its files.
  for (std::string_view taken : {"", ".", "..", "debug", "lto", "pgo", "trainee", "trained",
                                 "clean", "objects", "types", "gc", "backend_c", "Makefile"}) {
    if (name == taken) return name + "_program";
  }
  return name;
}

std::string EmitSettings(const ArtefactOptions& options, BoxingScheme boxing) {
  std::string text =
      "// What the artefact was translated for. The Makefile says the same to the run-time "
      "sources.\n"
      "#ifndef WEFT_SETTINGS_H_\n#define WEFT_SETTINGS_H_\n\n";
  for (const std::string& define : Defines(options, boxing)) {
    text += fmt::format("#ifndef {0}\n#define {0} 1\n#endif\n", define);
  }
  return text + "\n#endif  // WEFT_SETTINGS_H_\n";
}

std::string EmitMakefile(const ArtefactOptions& options, BoxingScheme boxing,
                         const std::vector<std::string>& shards) {
  std::string text = "# Written by Weft.\n";
  text += fmt::format("NAME := {}\nDEFAULT_CC := {}\nLEVEL := {}\n", ExecutableName(options.name),
                      options.cc, options.level);
  text += "SHARDS :=";
  for (const std::string& shard : shards) text += fmt::format(" \\\n  {}", shard);
  text += "\nRUNTIME :=";
  for (const std::string& path : RuntimeFiles(options.gc)) {
    if (path.ends_with(".cc")) text += fmt::format(" \\\n  {}", path);
  }
  text += "\nDEFINES :=";
  for (const std::string& define : Defines(options, boxing)) text += fmt::format(" -D{}", define);
  const Collector& collector = FindCollector(options.gc);
  text += fmt::format("\nLIBRARIES :={}{} -lm\n", collector.libraries.empty() ? "" : " ",
                      collector.libraries);
  text += kRules;
  return text;
}

}  // namespace weft::backend_c
