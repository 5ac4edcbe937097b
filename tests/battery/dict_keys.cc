// Dict with keys of each kind: integers, bool, bytes, enums, objects by identity.

#include "tests/battery/show.h"

using namespace weft;

enum class Day : uint8_t { kMonday, kTuesday, kSunday = 6 };
class Thing : public Object {
 public:
  int id = 0;
};

int run(Array<Str>) {
  Dict<int, Str> names;
  for (int i = -50; i < 50; i++) names[i * 7] = format_int(i);
  println(names[0] + names[-350] + names.get(343, "?") + names.get(1, "?"));
  show("length", names.length());
  Dict<int64_t, int> wide;
  wide[int64_t{1} << 40] = 1;
  wide[(int64_t{1} << 40) + 1] = 2;
  wide[INT64_MIN] = 3;
  wide[-1] = 4;
  show("wide", wide[int64_t{1} << 40] + 10 * wide[INT64_MIN] + 100 * wide[-1]);
  Dict<uint8_t, int> bytes;
  for (uint8_t c : Str("mississippi")) bytes[c]++;
  for (auto [c, count] : bytes) show(str_from_byte(c), count);
  Dict<bool, int> bools;
  for (int i = 0; i < 10; i++) bools[i % 3 == 0]++;
  show("bools", bools[true] * 10 + bools[false]);
  Dict<Day, Str> days;
  days[Day::kSunday] = "sunday";
  days[Day::kMonday] = "monday";
  println(days[Day::kSunday] + (days.contains(Day::kTuesday) ? Str("!") : Str("")));
  Dict<Thing*, int> things;
  List<Thing*> all;
  for (int i = 0; i < 100; i++) {
    all.append(new Thing());
    things[all[i]] = i;
  }
  int right = 0;
  for (int i = 0; i < 100; i++) right += things[all[i]] == i;
  show("objects", right);
  show("another object", things.contains(new Thing()));
  things[nullptr] = -5;
  show("null key", things[nullptr]);
  Dict<Str, Dict<Str, int>> nested;
  nested["a"]["x"] = 1;
  nested["a"]["y"] = 2;
  nested["b"]["x"] = 3;
  show("nested", nested["a"].length() * 10 + nested["b"]["x"]);
  Dict<int, List<int>> groups;
  for (int i = 0; i < 10; i++) groups[i % 3].append(i);
  show_all("group", groups[1]);
  return 0;
}

WEFT_MAIN(run)

//| 0-5049?
//| length 100
//| wide 431
//| m 1
//| i 4
//| s 4
//| p 2
//| bools 46
//| sunday
//| objects 100
//| another object false
//| null key -5
//| nested 23
//| group 1 4 7
