// throw and catch: the first handler that fits, by class and by base class, with fields and
// messages.

#include "tests/battery/show.h"

using namespace weft;

class ParseError : public Exception {
 public:
  int line;
  ParseError(int line, Str message) : Exception(message), line(line) {}
};
class Fatal : public ParseError {
 public:
  Fatal() : ParseError(99, "fatal") {}
};

static void fail(int how) {
  switch (how) {
    case 0:
      return;
    case 1:
      throw new ParseError(3, "bad token");
    case 2:
      throw new Fatal();
    case 3:
      throw new ValueError("value");
    case 4:
      throw new LookupError();
    case 5:
      throw new Exception("plain");
    default:
      throw new OSError(2, "no file");
  }
}

static Str attempt(int how) {
  try {
    fail(how);
    return "fine";
  } catch (Fatal* e) {
    return "Fatal " + e->message;
  } catch (ParseError* e) {
    return "ParseError " + format_int(e->line) + " " + e->message;
  } catch (ValueError* e) {
    return "ValueError " + e->message;
  } catch (LookupError*) {
    return "LookupError";
  } catch (Exception* e) {
    if (OSError* os = dyn_cast<OSError>(e)) return "OSError " + format_int(os->code);
    return "Exception " + e->message;
  }
}

int run(Array<Str>) {
  for (int i = 0; i <= 6; i++) println(attempt(i));
  try {
    fail(1);
    println("not here");
  } catch (...) {
    println("anything");
  }
  println("after");
  int x = 0;
  try {
    x = 1;
    fail(3);
    x = 2;
  } catch (Exception*) {
    x += 10;
  }
  show("x", x);
  Exception* kept = nullptr;
  try {
    fail(2);
  } catch (Exception* e) {
    kept = e;
  }
  println(kept->message);
  Fatal* fatal_one = cast<Fatal>(kept);
  try {
    throw fatal_one;
  } catch (ParseError* e) {
    show("thrown again", e == kept);
  }
  show("no message", (new Exception())->message.length());
  return 0;
}

WEFT_MAIN(run)

//| fine
//| ParseError 3 bad token
//| Fatal fatal
//| ValueError value
//| LookupError
//| Exception plain
//| OSError 2
//| anything
//| after
//| x 11
//| fatal
//| thrown again true
//| no message 0
