// Many short strings and arrays: words are made, cut, joined and counted in a table, and windows of
// words are copied into arrays of their own.

#include "dsl/weft.h"

using namespace weft;

static Str word(int64_t n) {
  Array<int> digits(8);
  int length = 0;
  int64_t rest = n;
  do {
    digits[length++] = static_cast<int>(rest % 26);
    rest /= 26;
  } while (rest != 0);
  Str text = str_new(length);
  for (int i = 0; i < length; i++) {
    str_set_item(text, i, static_cast<uint8_t>('a' + digits[length - 1 - i]));
  }
  return text;
}

int run(Array<Str> args) {
  int64_t count = 2000000;
  if (args.length() > 1 && !parse_int(args[1], count)) return 2;
  Dict<Str, int64_t> seen;
  int64_t total = 0;
  Array<Str> window(16);
  for (int64_t i = 0; i < count; i++) {
    Str text = word(i * 7919 % 50021) + "-" + word(i % 613);
    Str half = substr(text, 0, text.length() / 2);
    window[i % 16] = half;
    if (i % 16 == 15) {
      Array<Str> copy(16);
      array_copy(copy, 0, window, 0, 16);
      for (Str part : copy) total += part.length();
    }
    if (i % 4 == 0) seen.set(half, seen.get(half, 0) + 1);
  }
  println(format_int(total) + " " + format_int(seen.length()));
  return 0;
}

WEFT_MAIN(run)
