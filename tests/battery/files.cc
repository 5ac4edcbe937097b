// Files: written, appended, read whole and by lines, errors with their codes.
// battery: solo

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  Str folder = environment("TMPDIR");
  if (folder == nullptr) folder = "/tmp";
  Str path = folder + "/weft_battery_files_" + format_int(os::monotonic_nanoseconds());
  write_file(path, "first\nsecond\n\nlast");
  show("size", read_file(path).length());
  int64_t fd = open_file(path, os::kAppend);
  write_all(fd, " line\n");
  show("close", os::close(fd));
  println(read_file(path));
  {
    int64_t in = open_file(path, os::kRead);
    FileCloser closer(in);
    LineReader* lines = new LineReader(in);
    while (true) {
      Str line = lines->read_line();
      if (line == nullptr) break;
      println("[" + line + "]");
    }
  }
  fd = open_file(path, os::kWrite);
  FileWriter* writer = new FileWriter(fd);
  for (int i = 0; i < 20000; i++) writer->write("0123456789");
  writer->flush();
  os::close(fd);
  show("large", read_file(path).length());
  show("in the middle", read_file(path)[123456]);
  write_file(path, "");
  show("truncated", read_file(path).length());
  try {
    read_file("/nonexistent/file");
  } catch (OSError* e) {
    show(e->message, e->code);
  }
  try {
    write_file("/nonexistent/file", "x");
  } catch (OSError* e) {
    show(e->message, e->code);
  }
  try {
    read_file("/");
  } catch (OSError* e) {
    show(e->message, e->code);
  }
  try {
    read_file(path + "\0hidden");
  } catch (OSError* e) {
    show("NUL in a path", e->code);
  }
  show("bad descriptor", os::close(12345) < 0);
  return 0;
}

WEFT_MAIN(run)

//| size 18
//| close 0
//| first
//| second
//|
//| last line
//|
//| [first]
//| [second]
//| []
//| [last line]
//| large 200000
//| in the middle 54
//| truncated 0
//| /nonexistent/file: No such file or directory 2
//| /nonexistent/file: No such file or directory 2
//| /: Is a directory 21
//| NUL in a path 2
//| bad descriptor true
