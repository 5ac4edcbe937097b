#include "driver/options.h"

#include <gtest/gtest.h>

#include <set>

#include "backend_c/collectors.h"
#include "common/file.h"
#include "driver/commands.h"
#include "driver/nearest.h"

namespace weft::driver {
namespace {

struct Fixture {
  SourceFiles files;
  DiagnosticEngine diagnostics{files};
  Options options;

  std::string Messages() const { return diagnostics.Render(); }
};

TEST(OptionTable, EveryOptionIsDocumented) {
  for (const OptionInfo& info : kOptionTable) {
    EXPECT_GE(info.sentence.size(), 10u) << info.flag;
    EXPECT_NE(info.sentence.back(), '.') << info.flag;
    EXPECT_GE(info.documentation.size(), 20u) << info.flag;
    EXPECT_EQ(info.documentation.back(), '.') << info.flag;
    EXPECT_FALSE(info.commands.empty()) << info.flag;
  }
}

TEST(OptionTable, FlagsAndLettersAreUnique) {
  std::set<std::string_view> names;
  for (const OptionInfo& info : kOptionTable) {
    EXPECT_TRUE(names.insert(info.flag).second) << info.flag;
    EXPECT_LE(info.letter.size(), 1u) << info.flag;
    if (!info.letter.empty()) {
      EXPECT_TRUE(names.insert(info.letter).second) << info.flag;
    }
    EXPECT_EQ(&GetOptionInfo(info.id), &info);
    EXPECT_EQ(FindOption(info.flag), &info);
  }
  EXPECT_FALSE(names.contains("h")) << "-h is help";
}

TEST(OptionTable, DefaultsAreAllowedAndRequirementsExist) {
  for (const OptionInfo& info : kOptionTable) {
    Fixture f;
    std::vector<std::string> defaults = SplitWords(info.by_level);
    EXPECT_TRUE(defaults.empty() || defaults.size() == 4) << info.flag;
    if (info.kind != OptionKind::kText && info.kind != OptionKind::kList && defaults.empty()) {
      defaults = {std::string(info.default_value)};
    }
    for (const std::string& value : defaults) {
      EXPECT_TRUE(f.options.Set(info.id, value, f.diagnostics)) << f.Messages();
    }
    for (const std::string& requirement : SplitWords(info.requires_value)) {
      size_t equals = requirement.find('=');
      ASSERT_NE(equals, std::string::npos) << info.flag;
      const OptionInfo* other = FindOption(requirement.substr(0, equals));
      ASSERT_NE(other, nullptr) << info.flag;
      EXPECT_TRUE(f.options.Set(other->id, requirement.substr(equals + 1), f.diagnostics));
    }
    for (const std::string& flag : SplitWords(info.suggests)) {
      EXPECT_NE(FindOption(flag), nullptr) << info.flag;
    }
    for (const std::string& command : SplitWords(info.commands)) {
      EXPECT_NE(FindCommand(command), nullptr) << info.flag << " is for " << command;
    }
  }
}

TEST(OptionTable, DocumentIsNotStale) {
  ErrorOr<std::string> text = ReadFile("docs/options.md");
  ASSERT_TRUE(text.ok()) << text.error().message();
  EXPECT_TRUE(*text == OptionsMarkdown())
      << "docs/options.md is stale: ./weft options --markdown >docs/options.md";
}

TEST(Options, TakesAllowedValuesOnly) {
  Fixture f;
  EXPECT_TRUE(f.options.Set(OptionId::kGc, "none", f.diagnostics));
  EXPECT_FALSE(f.options.Set(OptionId::kGc, "marksweeep", f.diagnostics));
  EXPECT_FALSE(f.options.Set(OptionId::kGc, "qqq", f.diagnostics));
  EXPECT_FALSE(f.options.Set(OptionId::kLevel, "4", f.diagnostics));
  EXPECT_FALSE(f.options.Set(OptionId::kLevel, "2x", f.diagnostics));
  EXPECT_FALSE(f.options.Set(OptionId::kLevel, "", f.diagnostics));
  EXPECT_FALSE(f.options.Set(OptionId::kQuiet, "yes", f.diagnostics));
  EXPECT_FALSE(f.options.Set(OptionId::kOutput, "", f.diagnostics));
  EXPECT_EQ(f.Messages(),
            "weft: error: option '--gc' has no value 'marksweeep', did you mean 'marksweep'? "
            "[W0502]\n"
            "weft: error: option '--gc' has no value 'qqq', it takes one of: marksweep, none, "
            "boehm, semispace, generational, incremental, refcount, immix [W0502]\n"
            "weft: error: option '--optimize' has no value '4', it takes a number from 0 to 3 "
            "[W0502]\n"
            "weft: error: option '--optimize' has no value '2x', it takes a number from 0 to 3 "
            "[W0502]\n"
            "weft: error: option '--optimize' has no value '', it takes a number from 0 to 3 "
            "[W0502]\n"
            "weft: error: option '--quiet' has no value 'yes', it takes 'true' or 'false' [W0502]\n"
            "weft: error: option '--output' has no value '', it needs a PATH [W0502]\n");
  EXPECT_EQ(ExitCodeFor(f.diagnostics), ExitCode::kUsage);
}

TEST(Options, LastOneCountsButListsGrow) {
  Fixture f;
  f.options.Set(OptionId::kLevel, "1", f.diagnostics);
  f.options.Set(OptionId::kLevel, "3", f.diagnostics);
  f.options.Set(OptionId::kDefines, "A", f.diagnostics);
  f.options.Set(OptionId::kDefines, "B=1", f.diagnostics);
  ASSERT_TRUE(f.options.Complete(f.diagnostics));
  EXPECT_EQ(f.options.Number(OptionId::kLevel), 3);
  EXPECT_EQ(f.options.List(OptionId::kDefines), (std::vector<std::string>{"A", "B=1"}));
  EXPECT_TRUE(f.options.List(OptionId::kIncludeDirs).empty());
  EXPECT_TRUE(f.options.Is(OptionId::kGc, "generational"));
  EXPECT_FALSE(f.options.IsGiven(OptionId::kGc));
}

TEST(Options, EveryCollectorOfTheBackendCanBeChosen) {
  std::vector<std::string> values = SplitWords(GetOptionInfo(OptionId::kGc).values);
  std::vector<std::string_view> names = backend_c::CollectorNames();
  EXPECT_EQ(values, std::vector<std::string>(names.begin(), names.end()));
}

TEST(Options, LevelSetsDefaultsThatWereNotGiven) {
  for (const OptionInfo& info : kOptionTable) {
    if (info.by_level.empty()) continue;
    std::vector<std::string> by_level = SplitWords(info.by_level);
    for (int level = 0; level <= 3; ++level) {
      Fixture f;
      f.options.Set(OptionId::kLevel, std::to_string(level), f.diagnostics);
      ASSERT_TRUE(f.options.Complete(f.diagnostics));
      EXPECT_EQ(f.options.Text(info.id), by_level[level]) << info.flag;
    }
  }
}

TEST(Options, WhatABackendHasNoUseForIsRefused) {
  Fixture f;
  f.options.Set(OptionId::kBackend, "jvm", f.diagnostics);
  f.options.Set(OptionId::kGc, "none", f.diagnostics);
  f.options.Set(OptionId::kBoxing, "tagged", f.diagnostics);
  f.options.Set(OptionId::kJobs, "2", f.diagnostics);
  // The default, though given, asks for nothing.
  f.options.Set(OptionId::kLineDirectives, "true", f.diagnostics);
  EXPECT_FALSE(f.options.Complete(f.diagnostics));
  EXPECT_EQ(
      f.Messages(),
      "weft: error: option '--gc' needs '--backend=c', but '--backend=jvm' was given [W0503]\n"
      "weft: error: option '--boxing' needs '--backend=c', but '--backend=jvm' was given [W0503]\n"
      "weft: error: option '--jobs' needs '--backend=c', but '--backend=jvm' was given "
      "[W0503]\n");
}

TEST(Options, ContradictionsAreTold) {
  Fixture f;
  f.options.Set(OptionId::kVerbose, "true", f.diagnostics);
  f.options.Set(OptionId::kQuiet, "true", f.diagnostics);
  EXPECT_FALSE(f.options.Complete(f.diagnostics));
  EXPECT_EQ(f.Messages(),
            "weft: error: option '--verbose' needs '--quiet=false', but '--quiet=true' was given "
            "[W0503]\n");
  Fixture g;
  g.options.Set(OptionId::kVerbose, "false", g.diagnostics);
  g.options.Set(OptionId::kQuiet, "true", g.diagnostics);
  EXPECT_TRUE(g.options.Complete(g.diagnostics));
}

TEST(Nearest, FindsWhatWasMeant) {
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("gc", "cg"), 1u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  std::vector<std::string> words = {"gc", "source", "verify", "verbose"};
  EXPECT_EQ(Nearest("verfy", words), "verify");
  EXPECT_EQ(Nearest("sorce", words), "source");
  EXPECT_EQ(Nearest("cg", words), "gc");
  EXPECT_EQ(Nearest("verb", words), "verbose");
  EXPECT_EQ(Nearest("nonsense", words), "");
  EXPECT_EQ(Nearest("", words), "");
  EXPECT_EQ(Nearest(std::string(1 << 20, 'a'), words), "");
  EXPECT_EQ(DidYouMean("verfy", words, "--"), ", did you mean '--verify'?");
}

}  // namespace
}  // namespace weft::driver
