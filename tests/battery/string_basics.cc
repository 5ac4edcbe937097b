// Str: literals, length, bytes, concatenation, slices, iteration, null and empty.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  Str empty;
  show("empty", empty.length());
  Str s = "hello";
  show("length", s.length());
  show("byte", s[1]);
  show("last", s[s.length() - 1]);
  println(s + ", " + "world" + "!");
  println(substr(s, 1, 3) + "|" + substr(s, 3) + "|" + substr(s, 5) + "|" + substr(s, 0));
  Str t = s;
  t = t + "x";
  println(s + " " + t);
  Str null = nullptr;
  show("null", null == nullptr);
  show("empty is not null", empty != nullptr);
  show("is_null", null.is_null() && !empty.is_null());
  show("null equals null", null == Str(nullptr));
  show("null is not empty", null == Str(""));
  int vowels = 0;
  for (uint8_t c : s) vowels += c == 'e' || c == 'o';
  show("vowels", vowels);
  StrBuilder reversed;
  for (int64_t i = s.length() - 1; i >= 0; i--) reversed.append_byte(s[i]);
  println(reversed.build());
  println(repeat("ab", 3) + repeat("x", 0) + "|" + repeat("", 5) + "|");
  println(str_from_byte(65) + str_from_byte('!'));
  println("quote \" backslash \\ tab\tend \x41\102");
  println(R"(raw "text" \n stays)");
  println(
      "adjacent "
      "literals");
  println("ünïcödé ✓");
  show("bytes of it", Str("ü✓").length());
  Str grown = "";
  for (int i = 0; i < 200; i++) grown = grown + format_int(i % 10);
  show("grown", grown.length());
  show("its hash", grown.hash() == (substr(grown, 0, 100) + substr(grown, 100)).hash());
  return 0;
}

WEFT_MAIN(run)

//| empty 0
//| length 5
//| byte 101
//| last 111
//| hello, world!
//| ell|lo||hello
//| hello hellox
//| null true
//| empty is not null true
//| is_null true
//| null equals null true
//| null is not empty false
//| vowels 2
//| olleh
//| ababab||
//| A!
//| quote " backslash \ tab	end AB
//| raw "text" \n stays
//| adjacent literals
//| ünïcödé ✓
//| bytes of it 5
//| grown 200
//| its hash true
