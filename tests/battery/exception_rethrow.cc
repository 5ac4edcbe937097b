// `throw;` passes the same object on; a handler may throw another one; handlers nest.

#include "tests/battery/show.h"

using namespace weft;

static Str trace = "";

static void inner(int how) {
  try {
    if (how == 0) throw new ValueError("v");
    throw new LookupError("l");
  } catch (ValueError* e) {
    trace = trace + "1";
    e->message = e->message + "!";
    throw;
  } catch (...) {
    trace = trace + "2";
    throw;
  }
}

static void middle(int how) {
  try {
    inner(how);
  } catch (LookupError* e) {
    trace = trace + "3";
    throw new OSError(5, "from " + e->message);
  }
}

int run(Array<Str>) {
  try {
    middle(0);
  } catch (Exception* e) {
    println(trace + " " + e->message);
  }
  trace = "";
  try {
    middle(1);
  } catch (OSError* e) {
    println(trace + " " + e->message);
  }
  // A handler with a try of its own: `throw;` outside of it means the outer exception.
  try {
    try {
      throw new ValueError("outer");
    } catch (ValueError*) {
      try {
        throw new LookupError("nested");
      } catch (LookupError* e) {
        println(e->message);
      }
      throw;
    }
  } catch (Exception* e) {
    println(e->message);
  }
  // Rethrown to a handler of a base class, then once more.
  int levels = 0;
  try {
    try {
      try {
        throw new OverflowError("deep");
      } catch (OverflowError*) {
        levels++;
        throw;
      }
    } catch (Exception*) {
      levels++;
      throw;
    }
  } catch (...) {
    levels++;
  }
  show("levels", levels);
  return 0;
}

WEFT_MAIN(run)

//| 1 v!
//| 23 from l
//| nested
//| outer
//| levels 3
