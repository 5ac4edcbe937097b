// Equality and order of strings: by bytes, unsigned, a prefix first; compare gives the sign.

#include "tests/battery/show.h"

using namespace weft;

static void compare_all(Str a, Str b) {
  Str out = a + " " + b + ":";
  if (a < b) out = out + " <";
  if (a <= b) out = out + " <=";
  if (a == b) out = out + " ==";
  if (a != b) out = out + " !=";
  if (a >= b) out = out + " >=";
  if (a > b) out = out + " >";
  println(out + " " + format_int(compare(a, b)));
}

int run(Array<Str>) {
  compare_all("abc", "abc");
  compare_all("abc", "abd");
  compare_all("b", "abc");
  compare_all("ab", "abc");
  compare_all("", "a");
  compare_all("", "");
  compare_all("Z", "a");
  show("high bytes", Str("\xff") > Str("z"));
  show("after a NUL", Str("a\0b") < Str("a\0c"));
  show("lengths with NUL", Str("a\0") > Str("a"));
  show("built", Str("ab") + "c" == "abc");
  show("literal on the left", "abc" == Str("abc"));
  show("starts_with", starts_with("prefix", "pre") && !starts_with("pre", "prefix"));
  show("ends_with", ends_with("suffix", "fix") && !ends_with("fix", "suffix"));
  show("empty prefix", starts_with("x", "") && ends_with("x", ""));
  List<Str> words;
  words.append("pear");
  words.append("apple");
  words.append("fig");
  words.append("app");
  words.append("");
  sort(words);
  for (Str w : words) print(w + ",");
  println("");
  show("equal hashes", Str("xy").hash() == (Str("x") + "y").hash());
  println(format_uint(static_cast<uint64_t>(Str("").hash()), 16));
  println(format_uint(static_cast<uint64_t>(Str("a").hash()), 16));
  println(format_uint(static_cast<uint64_t>(Str("weft").hash()), 16));
  println(format_uint(static_cast<uint64_t>(Str("a longer text, with \0 and \xff").hash()), 16));
  return 0;
}

WEFT_MAIN(run)

//| abc abc: <= == >= 0
//| abc abd: < <= != -1
//| b abc: != >= > 1
//| ab abc: < <= != -1
//|  a: < <= != -1
//|  : <= == >= 0
//| Z a: < <= != -1
//| high bytes true
//| after a NUL true
//| lengths with NUL true
//| built true
//| literal on the left true
//| starts_with true
//| ends_with true
//| empty prefix true
//| ,app,apple,fig,pear,
//| equal hashes true
//| fdbdf6ac4fc52e7f
//| 2ef7d1316eb86f71
//| 38216216ea7ac0d1
//| 265b91339615434a
