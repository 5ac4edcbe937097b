// Lines from standard input.
// battery: stdin="one\ntwo\n\nend without newline"

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  LineReader* lines = new LineReader(0);
  print("> ");
  int count = 0;
  while (true) {
    Str line = lines->read_line();
    if (line == nullptr) break;
    count++;
    println(format_int(count) + " '" + line + "'");
  }
  show("lines", count);
  show("terminal", os::is_terminal(0));
  return 0;
}

WEFT_MAIN(run)

//| > 1 'one'
//| 2 'two'
//| 3 ''
//| 4 'end without newline'
//| lines 4
//| terminal false
