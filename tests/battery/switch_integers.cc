// switch over integers of all sizes: dense, sparse, negative and without a match.

#include "tests/battery/show.h"

using namespace weft;

static int dense(int x) {
  switch (x) {
    case 0:
      return 10;
    case 1:
      return 11;
    case 2:
      return 12;
    case 3:
      return 13;
    case 4:
      return 14;
  }
  return -1;
}

static int sparse(int64_t x) {
  switch (x) {
    case -1000000:
      return 1;
    case 7:
      return 2;
    case 123456789012345:
      return 3;
    case INT64_MIN:
      return 4;
    default:
      return 0;
  }
}

static int narrow(uint8_t x) {
  int result = 0;
  switch (x) {
    case 0:
      result = 1;
      break;
    case 255:
      result = 2;
      break;
    default:
      result = 3;
  }
  return result;
}

int run(Array<Str>) {
  for (int i = -1; i < 6; i++) show("dense", dense(i));
  show("sparse", sparse(-1000000));
  show("sparse", sparse(7));
  show("sparse", sparse(123456789012345));
  show("sparse", sparse(INT64_MIN));
  show("sparse", sparse(8));
  show("narrow", narrow(0) + 10 * narrow(255) + 100 * narrow(128));
  switch (dense(2)) {
    case 12: {
      int inner = 5;
      show("block", inner);
      break;
    }
    default:
      println("not here");
  }
  switch (char c = 'x'; c) {
    case 'x':
      println("character");
  }
  switch (3) {}
  switch (true) {
    default:
      println("only a default");
  }
  return 0;
}

WEFT_MAIN(run)

//| dense -1
//| dense 10
//| dense 11
//| dense 12
//| dense 13
//| dense 14
//| dense -1
//| sparse 1
//| sparse 2
//| sparse 3
//| sparse 4
//| sparse 0
//| narrow 321
//| block 5
//| character
//| only a default
