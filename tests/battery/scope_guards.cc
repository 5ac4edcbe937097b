// Destructors of locals run when the scope is left: in reverse order, whatever the way out is.

#include "tests/battery/show.h"

using namespace weft;

static List<Str> trace;

class Guard {
 public:
  explicit Guard(Str name) : name_(name) { trace.append("+" + name_); }
  Guard(const Guard&) = delete;
  ~Guard() { trace.append("-" + name_); }

 private:
  Str name_;
};

class Depth : public Object {
 public:
  int value = 0;
};
class Restore {
 public:
  Restore(Depth* depth, int value) : depth_(depth), old_(depth->value) { depth_->value = value; }
  Restore(const Restore&) = delete;
  ~Restore() { depth_->value = old_; }

 private:
  Depth* depth_;
  int old_;
};

static void print_trace(Str label) {
  print(label + ":");
  for (Str s : trace) print(" " + s);
  println("");
  trace.clear();
}

static int early(int x) {
  Guard a("a");
  if (x == 1) return 1;
  Guard b("b");
  if (x == 2) return 2;
  {
    Guard c("c");
    if (x == 3) return 3;
  }
  Guard d("d");
  return 4;
}

static void thrower(int x) {
  Guard t("t");
  if (x > 0) throw new ValueError("x");
  Guard u("u");
}

static Depth* const depth = new Depth();
static int nested(int n) {
  Restore restore(depth, depth->value + 1);
  return n == 0 ? depth->value : nested(n - 1);
}

int run(Array<Str>) {
  for (int i = 1; i <= 4; i++) {
    show("early", early(i));
    print_trace(format_int(i));
  }
  for (int i = 0; i < 4; i++) {
    Guard g("g" + format_int(i));
    if (i == 0) continue;
    if (i == 2) break;
    Guard h("h");
  }
  print_trace("loop");
  thrower(0);
  print_trace("no throw");
  try {
    Guard outer("outer");
    thrower(1);
    Guard never("never");
  } catch (ValueError*) {
    trace.append("caught");
  }
  print_trace("throw");
  show("nested", nested(5));
  show("restored", depth->value);
  switch (1) {
    case 1: {
      Guard s("s");
      break;
    }
  }
  print_trace("switch");
  if (Guard k("k"); trace.length() == 1) trace.append("in");
  print_trace("if");
  for (Guard f("f"); trace.length() < 3;) trace.append("round");
  print_trace("for");
  return 0;
}

WEFT_MAIN(run)

//| early 1
//| 1: +a -a
//| early 2
//| 2: +a +b -b -a
//| early 3
//| 3: +a +b +c -c -b -a
//| early 4
//| 4: +a +b +c -c +d -d -b -a
//| loop: +g0 -g0 +g1 +h -h -g1 +g2 -g2
//| no throw: +t +u -u -t
//| throw: +outer +t -t -outer caught
//| nested 6
//| restored 0
//| switch: +s -s
//| if: +k in -k
//| for: +f round round -f
