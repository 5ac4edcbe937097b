#include "backend_c/runtime/exceptions.h"

#include <gtest/gtest.h>

#include <string>

#include "backend_c/runtime/test_support.h"

namespace weft::runtime::test {
namespace {

const weft_place kInner = {"inner", "a.cc", 1};
const weft_place kMiddle = {"middle", "a.cc", 20};
const weft_place kOuter = {"outer", "b.cc", 300};

weft_object* Header(Error* error) { return &error->header; }

std::string Report() {
  testing::internal::CaptureStderr();
  weft_report_uncaught();
  return testing::internal::GetCapturedStderr();
}

using ExceptionsTest = testing::Test;

TEST_F(ExceptionsTest, ATracebackGoesFromTheEntryInwards) {
  weft_exception_set(Header(MakeError("no such thing")), &kInner);
  weft_traceback_add(&kMiddle);
  weft_traceback_add(&kOuter);
  EXPECT_TRUE(weft_exception_occurred());
  EXPECT_EQ(Report(),
            "uncaught exception: weft::ValueError: no such thing\n"
            "Traceback (most recent call last):\n"
            "  b.cc:300 in outer\n"
            "  a.cc:20 in middle\n"
            "  a.cc:1 in inner\n");
}

TEST_F(ExceptionsTest, AnEmptyMessageIsLeftOut) {
  weft_exception_set(Header(MakeError("")), &kInner);
  EXPECT_EQ(Report(),
            "uncaught exception: weft::ValueError\nTraceback (most recent call last):\n"
            "  a.cc:1 in inner\n");
}

TEST_F(ExceptionsTest, TakingLeavesNone) {
  weft_object* error = Header(MakeError("x"));
  weft_exception_set(error, &kInner);
  EXPECT_EQ(weft_exception_take(), error);
  EXPECT_FALSE(weft_exception_occurred());
}

TEST_F(ExceptionsTest, ANewExceptionBeginsANewTraceback) {
  weft_exception_set(Header(MakeError("first")), &kInner);
  weft_traceback_add(&kMiddle);
  weft_exception_take();
  weft_exception_set(Header(MakeError("second")), &kMiddle);
  weft_traceback_add(&kOuter);
  EXPECT_EQ(Report(),
            "uncaught exception: weft::ValueError: second\nTraceback (most recent call last):\n"
            "  b.cc:300 in outer\n  a.cc:20 in middle\n");
}

TEST_F(ExceptionsTest, RaisingAgainContinuesTheTraceback) {
  weft_object* error = Header(MakeError("x"));
  weft_exception_set(error, &kInner);
  weft_exception_take();
  weft_exception_set(error, &kMiddle);
  EXPECT_EQ(Report(),
            "uncaught exception: weft::ValueError: x\nTraceback (most recent call last):\n"
            "  a.cc:20 in middle\n  a.cc:1 in inner\n");
}

TEST_F(ExceptionsTest, RecursionIsCounted) {
  weft_exception_set(Header(MakeError("deep")), &kInner);
  for (int i = 0; i < 100000; ++i) weft_traceback_add(&kMiddle);
  weft_traceback_add(&kOuter);
  EXPECT_EQ(Report(),
            "uncaught exception: weft::ValueError: deep\nTraceback (most recent call last):\n"
            "  b.cc:300 in outer\n  a.cc:20 in middle\n  ... 99999 more of the same\n"
            "  a.cc:1 in inner\n");
}

TEST_F(ExceptionsTest, LongTracebacksKeepBothEnds) {
  weft_exception_set(Header(MakeError("deep")), &kInner);
  for (int i = 0; i < 5000; ++i) weft_traceback_add(i % 2 == 0 ? &kMiddle : &kOuter);
  std::string report = Report();
  EXPECT_NE(report.find("a.cc:1 in inner\n"), std::string::npos);
  size_t other = report.find(" other calls\n");
  ASSERT_NE(other, std::string::npos);
  // What is shown and what is left out add up.
  size_t lines = 0;
  for (char c : report) lines += c == '\n';
  size_t number = report.rfind("... ", other) + 4;
  EXPECT_EQ(lines - 3 + std::stoul(report.substr(number)), 5001u);
  EXPECT_LT(lines, 140u);
}

TEST_F(ExceptionsTest, PrebuiltExceptionsBeginATraceback) {
  weft_raise_memory_error();
  weft_traceback_add(&kInner);
  weft_exception_take();
  weft_raise_memory_error();
  weft_traceback_add(&kMiddle);
  EXPECT_EQ(Report(),
            "uncaught exception: weft::ValueError\nTraceback (most recent call last):\n"
            "  a.cc:20 in middle\n");
}

using ExceptionsDeathTest = ExceptionsTest;

TEST_F(ExceptionsDeathTest, FailingChecksSayWhere) {
  EXPECT_DEATH(weft_check_nonnull_failed(&kInner),
               "^a.cc:1: fatal error: null dereference\n  in inner\n$");
  EXPECT_DEATH(weft_check_index_failed(7, 3, &kMiddle),
               "^a.cc:20: fatal error: index 7 is out of range for length 3\n  in middle\n$");
  EXPECT_DEATH(weft_check_nonzero_failed(&kInner), "fatal error: division by zero\n");
  EXPECT_DEATH(weft_check_cast_failed(Header(MakeError(""))->type_id, kStr, &kInner),
               "^a.cc:1: fatal error: bad cast\n  the object is a weft::ValueError, not a str\n");
  EXPECT_DEATH(weft_unreachable(&kInner), "fatal error: unreachable code was reached\n");
  EXPECT_DEATH(weft_fatal(MakeStr("it is over"), &kOuter),
               "^b.cc:300: fatal error: it is over\n  in outer\n$");
}

TEST_F(ExceptionsDeathTest, WithoutAPrebuiltExceptionTheProgramEnds) {
  EXPECT_EXIT(weft_stack_overflowed(&kInner), testing::ExitedWithCode(1),
              "^fatal error: stack overflow\n$");
}

}  // namespace
}  // namespace weft::runtime::test
