#include "backend_c/runtime/os.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "backend_c/runtime/test_support.h"

namespace weft::runtime::test {
namespace {

std::string TemporaryFile(const char* name) {
  const char* folder = std::getenv("TEST_TMPDIR");
  return std::string(folder != nullptr ? folder : "/tmp") + "/" + name;
}

TEST(OsTest, FilesAreWrittenAndRead) {
  weft_str* path = MakeStr(TemporaryFile("weft_os_test"));
  int64_t fd = weft_os_open(path, 1);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(weft_os_write(fd, MakeStr("__hello"), 2, 5), 5);
  EXPECT_EQ(weft_os_close(fd), 0);
  fd = weft_os_open(path, 2);
  weft_array* bytes = MakeBytes(3);
  std::memcpy(reinterpret_cast<char*>(bytes) + sizeof(weft_array), "xyz", 3);
  EXPECT_EQ(weft_os_write_bytes(fd, bytes, 1, 2), 2);
  EXPECT_EQ(weft_os_close(fd), 0);
  fd = weft_os_open(path, 0);
  weft_array* buffer = MakeBytes(20);
  EXPECT_EQ(weft_os_read(fd, buffer, 1, 19), 7);
  EXPECT_EQ(TextOf(buffer, 8), std::string("\0helloyz", 8));
  EXPECT_EQ(weft_os_read(fd, buffer, 0, 20), 0);
  EXPECT_FALSE(weft_os_is_terminal(fd));
  EXPECT_EQ(weft_os_close(fd), 0);
  unlink(TemporaryFile("weft_os_test").c_str());
}

TEST(OsTest, ErrorsAreNegative) {
  EXPECT_EQ(weft_os_open(MakeStr("/nowhere/at/all"), 0), -ENOENT);
  EXPECT_EQ(weft_os_open(MakeStr(std::string_view("/tmp\0/x", 7)), 0), -ENOENT);
  EXPECT_EQ(weft_os_open(MakeStr("/tmp"), 7), -EINVAL);
  EXPECT_EQ(weft_os_close(-1), -EBADF);
  EXPECT_EQ(weft_os_read(-1, MakeBytes(1), 0, 1), -EBADF);
  EXPECT_EQ(weft_os_write(-1, MakeStr("x"), 0, 1), -EBADF);
}

TEST(OsTest, TextsFillTheBufferAsFarAsItGoes) {
  weft_array* buffer = MakeBytes(4);
  setenv("WEFT_OS_TEST", "a long value", 1);
  EXPECT_EQ(weft_os_getenv(MakeStr("WEFT_OS_TEST"), buffer), 12);
  EXPECT_EQ(TextOf(buffer, 4), "a lo");
  EXPECT_EQ(weft_os_getenv(MakeStr("WEFT_OS_TEST_UNSET"), buffer), -1);
  EXPECT_EQ(weft_os_error_text(ENOENT, buffer), 25);
  EXPECT_EQ(TextOf(buffer, 4), "No s");
}

TEST(OsTest, OutputIsKeptUntilItIsFlushed) {
  testing::internal::CaptureStdout();
  weft_os_print(MakeStr("one two"), 4, 3);
  std::string large(100000, 'x');
  weft_os_print(MakeStr(large), 0, 100000);
  weft_os_print(MakeStr("end"), 0, 3);
  weft_os_flush();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "two" + large + "end");
}

TEST(OsTest, ClocksGoForward) {
  int64_t before = weft_os_monotonic_nanoseconds();
  double cpu = weft_os_cpu_seconds();
  while (weft_os_cpu_seconds() == cpu) {
  }
  EXPECT_GT(weft_os_monotonic_nanoseconds(), before);
  EXPECT_GT(weft_os_wall_seconds(), 1.5e9);
}

TEST(OsDeathTest, ExitWritesWhatWasPrinted) {
  EXPECT_EXIT(
      {
        dup2(2, 1);
        weft_os_print(MakeStr("goodbye"), 0, 7);
        weft_os_exit(7);
      },
      testing::ExitedWithCode(7), "^goodbye$");
}

}  // namespace
}  // namespace weft::runtime::test
