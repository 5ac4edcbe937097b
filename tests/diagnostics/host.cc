// weft: check FILE --backend=jvm
// Classes and functions of the host, as the JVM's backend is told of them.
#include "dsl/weft.h"

using weft::Str;

class WEFT_HOST_CLASS("jvm:java.util.regex.Pattern") Pattern : public weft::HostObject {
 public:
  WEFT_HOST_METHOD("jvm:static compile")
  static Pattern* compile(Str text);
  WEFT_HOST_METHOD("cli:Whatever")
  int flags();
  WEFT_HOST_METHOD("jvm:static pattern")
  Str text();
  int groups = 0;
};

class Derived : public Pattern {};  //! W0141: 'Pattern' is a class of the host: 'Derived' cannot be derived from it

class WEFT_HOST_CLASS("jvm:interface java.util.List too") List  //! W0219: 'interface java.util.List too' is no declaration
    : public weft::HostObject {};

struct Pair {
  int a;
};
WEFT_HOST_METHOD("jvm:static java.lang.Math.max(int, int, int)")
int larger(int a, int b);  //! W0219: it has 3 parameters and the function has 2
WEFT_HOST_METHOD("jvm:abs")
int magnitude(int a);  //! W0219: it names no class of the host
WEFT_HOST_METHOD("jvm:java.lang.Math.abs virtual now")
int odd(int a);  //! W0219: it needs the form
WEFT_HOST_METHOD("jvm:static a.B.pair")
Pair pair(int a);  //! W0220: 'Pair' cannot be handed between the program and the host, as 'pair' does
WEFT_HOST_METHOD("jvm:static a.B.one")
int one();

WEFT_EXPORT int exported(int a) { return a; }
namespace other {
WEFT_EXPORT int exported(int a) { return a + 1; }  //! W0142: another function is exported as 'exported'
}  // namespace other
WEFT_EXPORT Pair make_pair() { return Pair{1}; }  //! W0142: nobody outside knows a 'Pair'
class Counter : public weft::Object {
 public:
  WEFT_EXPORT int next() { return 1; }  //! W0142: it is called on an object
};

int run(weft::Array<Str>) {
  Pattern* pattern = Pattern::compile("a");
  int sum = pattern->flags();  //! W0140: 'Pattern::flags' has no body, and nothing stands for it on the backend 'jvm'
  sum += pattern->groups;  //! W0141: it has no field 'groups' here
  pattern = new Pattern();  //! W0141: only the host makes its objects
  int (*pointer)() = one;  //! W0219: no pointer to a function of the host can be taken
  sum += larger(1, 2) + magnitude(sum) + odd(1) + pair(1).a + pointer();
  return sum + static_cast<int>(pattern->text().length());
}

WEFT_MAIN(run)
