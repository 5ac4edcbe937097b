#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "common/error.h"
#include "common/file.h"
#include "common/interner.h"
#include "common/source_location.h"

namespace weft {
namespace {

ErrorOr<int> Half(int n) {
  if (n % 2 != 0) return MakeError("{} is odd", n);
  return n / 2;
}

ErrorOr<int> Quarter(int n) {
  WEFT_ASSIGN_OR_RETURN(int half, Half(n));
  return Half(half);
}

ErrorOr<Success> Check(int n) {
  WEFT_RETURN_IF_ERROR(Quarter(n));
  return Success{};
}

TEST(ErrorOr, HoldsAValueOrAnError) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_TRUE(Check(8).ok());
  ASSERT_FALSE(Quarter(6).ok());
  EXPECT_EQ(Quarter(6).error().message(), "3 is odd");
  EXPECT_EQ(Check(7).error().message(), "7 is odd");
  EXPECT_EQ(MakeError("no").WithContext("cannot write").message(), "cannot write: no");
}

TEST(ErrorOr, LookingAtAMissingValueAborts) {
  EXPECT_DEATH(static_cast<void>(*Half(3)), "value of a failed ErrorOr: 3 is odd");
  EXPECT_DEATH(static_cast<void>(Half(2).error()), "holds a value");
}

struct Name;
using NameId = TypedId<Name>;

TEST(Interner, GivesEqualStringsOneId) {
  Interner<NameId> names;
  NameId first = names.Add("alpha");
  NameId second = names.Add("beta");
  EXPECT_NE(first, second);
  const std::string* text = &names.Get(first);
  for (int i = 0; i < 1000; ++i) names.Add(std::to_string(i));
  EXPECT_EQ(names.Add(std::string("al") + "pha"), first);
  EXPECT_EQ(&names.Get(first), text);
  EXPECT_EQ(names.Get(second), "beta");
  EXPECT_EQ(names.Find("beta"), second);
  EXPECT_EQ(names.Find("gamma"), std::nullopt);
  EXPECT_EQ(names.size(), 1002u);
  EXPECT_DEATH(names.Get(NameId()), "of 1002");
}

TEST(SourceFiles, KnowsLines) {
  SourceFiles files;
  FileId file = files.Add("dir/a.cc", "one\r\n\nthree");
  EXPECT_EQ(files.Add("dir/a.cc"), file);
  EXPECT_EQ(files.Line(file, 1), "one");
  EXPECT_EQ(files.Line(file, 2), "");
  EXPECT_EQ(files.Line(file, 3), "three");
  EXPECT_EQ(files.Line(file, 0), "");
  EXPECT_EQ(files.Line(file, 4), "");
  EXPECT_EQ(files.Find("dir/a.cc"), file);
  EXPECT_EQ(files.Find("a.cc"), std::nullopt);
  EXPECT_EQ(files.Format(SourceLoc(file, 3, 2)), "dir/a.cc:3:2");
  EXPECT_EQ(files.Format(SourceLoc(file, 0, 0)), "dir/a.cc");
  EXPECT_EQ(files.Format(SourceLoc()), "<no location>");
  EXPECT_EQ(SourceLoc(file, 1, 100000).column, 0xffff);
}

TEST(SourceFiles, ReadsTheDiskWhenAsked) {
  std::string path = testing::TempDir() + "weft_source_files_" + std::to_string(getpid());
  ASSERT_TRUE(WriteFile(path, "first\nsecond\n").ok());
  SourceFiles files;
  FileId file = files.Add(path);
  EXPECT_EQ(files.Line(file, 2), "second");
  EXPECT_EQ(files.Line(files.Add("/nonexistent/x"), 1), "");
  unlink(path.c_str());
}

TEST(File, SaysWhyNot) {
  EXPECT_EQ(ReadFile("/nonexistent/x").error().message(), "No such file or directory");
  EXPECT_EQ(ReadFile("/").error().message(), "Is a directory");
  EXPECT_FALSE(WriteFile("/nonexistent/x", "text").ok());
  EXPECT_EQ(WriteFile("/dev/full", "text").error().message(), "No space left on device");
}

}  // namespace
}  // namespace weft
