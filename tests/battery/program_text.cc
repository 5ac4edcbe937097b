// Words counted, wrapped and spelled: splitting, joining, sorting and dicts of strings.

#include "tests/battery/show.h"

using namespace weft;

static List<Str> split(Str text) {
  List<Str> words;
  int64_t start = -1;
  for (int64_t i = 0; i <= text.length(); i++) {
    bool letter = i < text.length() && text[i] >= 'a' && text[i] <= 'z';
    if (letter && start < 0) start = i;
    if (!letter && start >= 0) {
      words.append(substr(text, start, i - start));
      start = -1;
    }
  }
  return words;
}
static void wrap(List<Str> words, int64_t width) {
  StrBuilder line;
  for (Str word : words) {
    if (line.length() > 0 && line.length() + 1 + word.length() > width) {
      println(line.build());
      line.clear();
    }
    if (line.length() > 0) line.append_byte(' ');
    line.append(word);
  }
  println(line.build());
}
static const Str kOnes[] = {"zero", "one", "two",   "three", "four",
                            "five", "six", "seven", "eight", "nine"};
static Str spell(int n) { return n < 10 ? kOnes[n] : spell(n / 10) + "-" + kOnes[n % 10]; }
static Str roman(int n) {
  struct Numeral {
    int value;
    Str text;
  };
  static const Numeral kNumerals[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"},
                                      {90, "XC"},  {50, "L"},   {40, "XL"}, {10, "X"},   {9, "IX"},
                                      {5, "V"},    {4, "IV"},   {1, "I"}};
  Str out = "";
  for (const Numeral& numeral : kNumerals) {
    while (n >= numeral.value) {
      out = out + numeral.text;
      n -= numeral.value;
    }
  }
  return out;
}

int run(Array<Str>) {
  List<Str> words = split(
      "it was the best of times, it was the worst of times; it was the age of wisdom, it was the "
      "age of foolishness.");
  show("words", words.length());
  wrap(words, 24);
  Dict<Str, int> counts;
  for (Str word : words) counts[word]++;
  List<Str> unique;
  for (auto [word, count] : counts) unique.append(word);
  sort(unique, [counts](Str a, Str b) {
    int order = counts[b] - counts[a];
    return order != 0 ? order < 0 : a < b;
  });
  for (int i = 0; i < 5; i++) show(unique[i], counts[unique[i]]);
  println(spell(1907));
  println(roman(1994) + " " + roman(2026) + " " + roman(4));
  return 0;
}

WEFT_MAIN(run)

//| words 24
//| it was the best of times
//| it was the worst of
//| times it was the age of
//| wisdom it was the age of
//| foolishness
//| it 4
//| of 4
//| the 4
//| was 4
//| age 2
//| one-nine-zero-seven
//| MCMXCIV MMXXVI IV
