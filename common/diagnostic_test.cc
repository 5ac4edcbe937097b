#include "common/diagnostic.h"

#include <gtest/gtest.h>

#include <set>

namespace weft {
namespace {

TEST(DiagnosticTable, CodesAreSortedAndInRange) {
  std::string_view previous = "W0000";
  for (const DiagnosticInfo& info : kDiagnosticTable) {
    EXPECT_EQ(info.code.size(), 5u) << info.code;
    EXPECT_LT(previous, info.code) << "rows of diagnostic_kinds.def out of order";
    EXPECT_LT(info.code, "W0600");
    EXPECT_EQ(&GetDiagnosticInfo(info.kind), &info);
    previous = info.code;
  }
}

TEST(DiagnosticTable, MessagesAndExplanationsAreSentences) {
  std::set<std::string_view> messages;
  for (const DiagnosticInfo& info : kDiagnosticTable) {
    ASSERT_FALSE(info.message.empty()) << info.code;
    EXPECT_NE(info.message.back(), '.') << info.code;
    EXPECT_EQ(info.message.find('\n'), std::string_view::npos) << info.code;
    EXPECT_TRUE(messages.insert(info.message).second) << info.code << " repeats a message";
    EXPECT_GE(info.explanation.size(), 60u) << info.code << " explains nothing";
    EXPECT_NE(info.explanation, info.message) << info.code;
    EXPECT_NE(info.explanation.back(), '\n') << info.code;
  }
}

TEST(DiagnosticTable, IsFoundByCode) {
  ASSERT_NE(FindDiagnostic("W0001"), nullptr);
  EXPECT_EQ(FindDiagnostic("W0001")->kind, diag::kFileUnreadable);
  EXPECT_EQ(FindDiagnostic("w0001"), FindDiagnostic("W0001"));
  EXPECT_EQ(FindDiagnostic("W0999"), nullptr);
  EXPECT_EQ(FindDiagnostic(""), nullptr);
}

TEST(Diagnostic, ShowsLineCaretAndNotes) {
  SourceFiles files;
  FileId file = files.Add("a.cc", "int f();\n\treturn goto_out;\n");
  DiagnosticEngine engine(files);
  engine.Report(SourceLoc(file, 2, 9), diag::kFileUnreadable, "x", "why")
      .Length(8)
      .Note(SourceLoc(file, 1, 5), "declared here");
  EXPECT_EQ(engine.Render(),
            "a.cc:2:9: error: cannot read 'x': why [W0001]\n"
            "     return goto_out;\n"
            "            ^~~~~~~~\n"
            "a.cc:1:5: note: declared here\n"
            "    int f();\n"
            "        ^\n");
}

TEST(Diagnostic, CaretCountsCharactersAndStaysOnTheLine) {
  SourceFiles files;
  FileId file = files.Add("a.cc", "\"äö\" x\x01");
  DiagnosticEngine engine(files);
  engine.Report(SourceLoc(file, 1, 8), diag::kFileUnreadable, "x", "y").Length(100);
  EXPECT_EQ(engine.Render(),
            "a.cc:1:8: error: cannot read 'x': y [W0001]\n"
            "    \"äö\" x?\n"
            "         ^~\n");
}

TEST(Diagnostic, CutsVeryLongLinesAroundTheCaret) {
  SourceFiles files;
  FileId file = files.Add("a.cc", std::string(5000, 'a') + "!" + std::string(5000, 'b'));
  DiagnosticEngine engine(files);
  engine.Report(SourceLoc(file, 1, 5001), diag::kFileUnreadable, "x", "y");
  std::string text = engine.Render();
  EXPECT_LT(text.size(), 500u);
  size_t mark = text.find('!') - text.rfind('\n', text.find('!'));
  size_t caret = text.find('^') - text.rfind('\n', text.find('^'));
  EXPECT_EQ(mark, caret);
}

TEST(Diagnostic, PlacesOutsideTheTextHaveNoSnippet) {
  SourceFiles files;
  FileId file = files.Add("a.cc", "int x;\n");
  FileId missing = files.Add("/nonexistent/b.cc");
  DiagnosticEngine engine(files);
  engine.Report(SourceLoc(file, 7, 1), diag::kFileUnreadable, "a", "y");
  engine.Report(SourceLoc(file, 1, 70), diag::kFileUnreadable, "b", "y");
  engine.Report(SourceLoc(missing, 1, 1), diag::kFileUnreadable, "c", "y");
  engine.Report(diag::kFileUnreadable, "d", "y");
  EXPECT_EQ(engine.Render(),
            "weft: error: cannot read 'd': y [W0001]\n"
            "a.cc:1:70: error: cannot read 'b': y [W0001]\n"
            "a.cc:7:1: error: cannot read 'a': y [W0001]\n"
            "/nonexistent/b.cc:1:1: error: cannot read 'c': y [W0001]\n");
}

TEST(Diagnostic, TellsEachOnceInTheOrderOfTheSource) {
  SourceFiles files;
  FileId file = files.Add("a.cc", "x\ny\n");
  DiagnosticEngine engine(files);
  engine.Report(SourceLoc(file, 2, 1), diag::kFileUnreadable, "two", "y");
  engine.Report(SourceLoc(file, 1, 1), diag::kFileUnreadable, "one", "y");
  engine.Report(SourceLoc(file, 2, 1), diag::kFileUnreadable, "other", "y");
  engine.Report(SourceLoc(file, 2, 1), diag::kFileUnreadable, "two", "y");
  std::vector<const Diagnostic*> sorted = engine.Sorted();
  ASSERT_EQ(sorted.size(), 3u);
  EXPECT_EQ(sorted[0]->message, "cannot read 'one': y");
  EXPECT_EQ(sorted[1]->message, "cannot read 'two': y");
  EXPECT_EQ(sorted[2]->message, "cannot read 'other': y");
  EXPECT_EQ(engine.error_count(), 4u);
}

TEST(Diagnostic, StopsAtTheLimit) {
  SourceFiles files;
  FileId file = files.Add("a.cc", "");
  DiagnosticEngine engine(files);
  for (int i = 1; i <= 10; ++i) engine.Report(SourceLoc(file, i, 1), diag::kFileUnreadable, i, i);
  std::string text = engine.Render(/*limit=*/3);
  EXPECT_NE(text.find("'3'"), std::string::npos);
  EXPECT_EQ(text.find("'4'"), std::string::npos);
  EXPECT_NE(text.find("7 more diagnostics"), std::string::npos);
}

TEST(Diagnostic, KindChosenByATableTakesItsArguments) {
  SourceFiles files;
  DiagnosticEngine engine(files);
  engine.ReportKind(SourceLoc(), diag::kFileUnreadable, {"{}", "reason"});
  EXPECT_EQ(engine.diagnostics().front().message, "cannot read '{}': reason");
  EXPECT_DEATH(engine.ReportKind(SourceLoc(), diag::kFileUnreadable, {"one"}), "1 arguments");
}

}  // namespace
}  // namespace weft
