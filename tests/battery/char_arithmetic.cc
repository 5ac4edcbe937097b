// Characters are small integers.

#include "tests/battery/show.h"

using namespace weft;

static bool is_vowel(char c) {
  switch (c) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
      return true;
    default:
      return false;
  }
}

int run(Array<Str>) {
  Str text = "hello, World 42";
  StrBuilder upper;
  int vowels = 0;
  int digits = 0;
  for (uint8_t byte : text) {
    char c = static_cast<char>(byte);
    if (is_vowel(c)) vowels++;
    if (c >= '0' && c <= '9') digits = digits * 10 + (c - '0');
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    upper.append_byte(static_cast<uint8_t>(c));
  }
  println(upper.build());
  show("vowels", vowels);
  show("digits", digits);
  char next = 'x';
  next++;
  println(str_from_byte(static_cast<uint8_t>(next)));
  show("difference", 'z' - 'a');
  return 0;
}

WEFT_MAIN(run)

//| HELLO, WORLD 42
//| vowels 3
//| digits 42
//| y
//| difference 25
