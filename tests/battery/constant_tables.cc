// Tables of strings, functions, structs and numbers of each width, indexed by variables.

#include "tests/battery/show.h"

using namespace weft;

static constexpr int8_t kSmall[] = {-128, -1, 0, 127};
static constexpr uint16_t kMedium[] = {0, 1, 65535};
static constexpr int64_t kLarge[] = {INT64_MIN, -1, INT64_MAX};
static constexpr float kFloats[] = {0.5f, -0.25f};
static constexpr char kLetters[] = {'w', 'e', 'f', 't'};
static constexpr int kSparse[10] = {1, 2};
static constexpr int kCube[2][2][2] = {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}};
static const Str kWeekdays[] = {"mon", "tue", "wed"};

enum class Kind : uint8_t { kOne, kTwo };
struct Row {
  Kind kind;
  int arity;
  double weight;
  int (*action)(int);
};
static int increment(int x) { return x + 1; }
static int negate(int x) { return -x; }
static constexpr Row kRows[] = {{Kind::kOne, 1, 0.5, increment}, {Kind::kTwo, 2, 1.5, negate}};

struct Named {
  Str name;
  int value;
};
static const Named kNamed[] = {{"first", 1}, {"second", 2}};

class Machine : public Object {
 public:
  static constexpr uint8_t kCodes[] = {10, 20, 30};
  int code(int i) { return kCodes[i]; }
};

// An index that a call gives.
static int asked = 0;
WEFT_NOINLINE static int64_t next_index() { return asked++ & 3; }

int run(Array<Str>) {
  int sum = 0;
  for (int i = 0; i < 4; i++) sum = sum * 3 + kSmall[i];
  show("small", sum);
  show("first asked for", kSmall[next_index()]);
  int small = kSmall[next_index()];
  show("second", small);
  show("medium", kMedium[2] + kMedium[1]);
  show("large", kLarge[0] + kLarge[2]);
  show("floats", kFloats[0] + kFloats[1]);
  for (char c : kLetters) print(str_from_byte(static_cast<uint8_t>(c)));
  println("");
  show("zeroed", kSparse[1] + kSparse[9]);
  int cube = 0;
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++)
      for (int k = 0; k < 2; k++) cube = cube * 10 + kCube[i][j][k];
  show("cube", cube);
  for (int i = 0; i < 3; i++) print(kWeekdays[i] + " ");
  println("|");
  for (const Row& row : kRows) show("row", row.action(row.arity) * row.weight);
  int at = 1;
  show("kind", kRows[at].kind == Kind::kTwo);
  Row copy = kRows[0];
  copy.arity = 100;
  show("copy", copy.action(copy.arity));
  for (const Named& named : kNamed) show(named.name, named.value);
  show("in a class", (new Machine())->code(2));
  show("rows", static_cast<int>(sizeof(kRows) / sizeof(kRows[0])));
  return 0;
}

WEFT_MAIN(run)

//| small -3338
//| first asked for -128
//| second -1
//| medium 65536
//| large -1
//| floats 0.25
//| weft
//| zeroed 2
//| cube 12345678
//| mon tue wed |
//| row 1
//| row -3
//| kind true
//| copy 101
//| first 1
//| second 2
//| in a class 30
//| rows 2
