// Types outside the language.
#include "dsl/weft.h"

using namespace weft;

class Node : public Object {
 public:
  int value = 0;
};

struct Point {
  int x;
  int y;
};

void wide(__int128 n) {}  //! W0201: the type '__int128'

void precise(long double d) {}  //! W0201: the type 'long double'

int through_pointer(Point* p) {  //! W0202: a pointer to 'Point'
  return p->x;                   //! W0202: a pointer to 'Point'
}

int by_value() {
  Node node;  //! W0208: 'Node' is a garbage-collected class
  return 0;
}

void member_pointer() {
  (void)&Point::x;  //! W0213: pointers to members
}

int local_array(int n) {
  int numbers[4];  //! W0210: the C array 'int[4]'
  return n;
}

volatile int device = 0;  //! W0218: 'volatile'

int read_device() { return device; }

int run(Array<Str> args) { return 0; }
WEFT_MAIN(run)
