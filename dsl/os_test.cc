#include <unistd.h>

#include <cstdlib>
#include <string>

#include "dsl/test_support.h"
#include "gtest/gtest.h"

namespace weft {
namespace {

Str TempFile(const char* name) { return from_std(testing::TempDir() + name); }

TEST(Files, ReadWhatWasWritten) {
  Str path = TempFile("weft_os_test");
  Str content = repeat("line one\nline \0two\n", 20000);
  write_file(path, content);
  EXPECT_EQ(read_file(path), content);
  int64_t fd = open_file(path, os::kAppend);
  write_all(fd, "tail");
  os::close(fd);
  EXPECT_EQ(read_file(path), content + "tail");
  write_file(path, "");
  EXPECT_EQ(read_file(path), "");
  unlink(to_std(path).c_str());
}

TEST(Files, ErrorsSayWhichFileAndWhy) {
  try {
    read_file("/nonexistent/file");
    FAIL();
  } catch (OSError* e) {
    EXPECT_EQ(e->code, ENOENT);
    EXPECT_EQ(e->message, "/nonexistent/file: No such file or directory");
  }
  try {
    read_file("/");
    FAIL();
  } catch (OSError* e) {
    EXPECT_EQ(e->code, EISDIR);
  }
  EXPECT_THROW(write_file("/nonexistent/file", "x"), OSError*);
  EXPECT_THROW(read_file("with\0nul"), OSError*);
}

TEST(LineReader, FindsEveryLine) {
  Str path = TempFile("weft_line_test");
  Str long_line = repeat("x", 10000);
  write_file(path, "first\n\n" + long_line + "\nlast without newline");
  int64_t fd = open_file(path, os::kRead);
  LineReader* lines = new LineReader(fd);
  EXPECT_EQ(lines->read_line(), "first");
  EXPECT_EQ(lines->read_line(), "");
  EXPECT_EQ(lines->read_line(), long_line);
  EXPECT_EQ(lines->read_line(), "last without newline");
  EXPECT_TRUE(lines->read_line() == nullptr);
  os::close(fd);
  unlink(to_std(path).c_str());
}

TEST(FileWriter, WritesEverythingOnFlush) {
  Str path = TempFile("weft_writer_test");
  int64_t fd = open_file(path, os::kWrite);
  FileWriter* writer = new FileWriter(fd);
  for (int i = 0; i < 30000; i++) writer->write(format_int(i));
  writer->write(repeat("y", 200000));
  writer->flush();
  os::close(fd);
  Str expected;
  StrBuilder out;
  for (int i = 0; i < 30000; i++) out.append(format_int(i));
  out.append(repeat("y", 200000));
  EXPECT_TRUE(read_file(path) == out.build());
  unlink(to_std(path).c_str());
}

TEST(Environment, ShortLongAndAbsent) {
  std::string value(1000, 'v');
  setenv("WEFT_OS_TEST", value.c_str(), 1);
  EXPECT_EQ(to_std(environment("WEFT_OS_TEST")), value);
  setenv("WEFT_OS_TEST", "", 1);
  EXPECT_EQ(environment("WEFT_OS_TEST"), "");
  EXPECT_TRUE(environment("WEFT_NO_SUCH_VARIABLE") == nullptr);
}

TEST(Clocks, GoForward) {
  int64_t start = os::monotonic_nanoseconds();
  double cpu = os::cpu_seconds();
  EXPECT_GE(os::monotonic_nanoseconds(), start);
  EXPECT_GE(os::cpu_seconds(), cpu);
  EXPECT_GT(os::wall_seconds(), 1.6e9);
}

}  // namespace
}  // namespace weft
