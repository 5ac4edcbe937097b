// Identity of objects, of strings and of arrays; identity_hash; same_value.

#include "tests/battery/show.h"

using namespace weft;

class Thing : public Object {
 public:
  int n = 0;
};
class Number : public Unboxed<double> {
 public:
  using Unboxed::Unboxed;
};

int run(Array<Str>) {
  Thing* a = new Thing();
  Thing* b = new Thing();
  show("same object", a == a);
  show("other object", a == b);
  show("same_value", same_value(a, a));
  show("same_value of another", same_value(a, b));
  int64_t hash = identity_hash(a);
  for (int i = 0; i < 1000; i++) new Thing();
  show("identity_hash stays", identity_hash(a) == hash);
  Array<int> x(2);
  Array<int> y(2);
  show("array", x == x);
  show("other array", x == y);
  show("array not null", x != nullptr);
  Str s = "text";
  Str t = s;
  Str u = "te";
  u = u + "xt";
  show("same string", same_ref(s, t));
  show("equal string", s == u);
  show("not the same", same_ref(s, u));
  show("numbers", same_value(new Number(2.5), new Number(2.5)));
  show("other numbers", same_value(new Number(2.5), new Number(3)));
  show("nan", same_value(new Number(kNaN), new Number(kNaN)));
  show("zeros", same_value(new Number(0.0), new Number(-0.0)));
  show("number and thing", same_value(new Number(1), a));
  show("nulls", same_value(nullptr, nullptr));
  show("null and thing", same_value(nullptr, a));
  return 0;
}

WEFT_MAIN(run)

//| same object true
//| other object false
//| same_value true
//| same_value of another false
//| identity_hash stays true
//| array true
//| other array false
//| array not null true
//| same string true
//| equal string true
//| not the same false
//| numbers true
//| other numbers false
//| nan true
//| zeros false
//| number and thing false
//| nulls true
//| null and thing false
