// Dynamic programming: edit distance, knapsack, longest common subsequence, coin change.

#include "tests/battery/show.h"

using namespace weft;

static int edit_distance(Str a, Str b) {
  int64_t n = b.length();
  Array<int> row(n + 1);
  for (int j = 0; j <= n; j++) row[j] = j;
  for (int i = 1; i <= a.length(); i++) {
    int diagonal = row[0];
    row[0] = i;
    for (int j = 1; j <= n; j++) {
      int above = row[j];
      int best = min(above, row[j - 1]) + 1;
      row[j] = min(best, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
      diagonal = above;
    }
  }
  return row[n];
}
static Str common(Str a, Str b) {
  Array<Array<int>> table(a.length() + 1);
  for (int i = 0; i <= a.length(); i++) table[i] = Array<int>(b.length() + 1);
  for (int64_t i = a.length() - 1; i >= 0; i--) {
    for (int64_t j = b.length() - 1; j >= 0; j--) {
      table[i][j] = a[i] == b[j] ? table[i + 1][j + 1] + 1 : max(table[i + 1][j], table[i][j + 1]);
    }
  }
  StrBuilder out;
  int64_t i = 0;
  int64_t j = 0;
  while (i < a.length() && j < b.length()) {
    if (a[i] == b[j]) {
      out.append_byte(a[i]);
      i++;
      j++;
    } else if (table[i + 1][j] >= table[i][j + 1]) {
      i++;
    } else {
      j++;
    }
  }
  return out.build();
}
static int64_t coins(int amount) {
  static constexpr int kCoins[] = {1, 2, 5, 10, 20, 50, 100, 200};
  Array<int64_t> ways(amount + 1);
  ways[0] = 1;
  for (int coin : kCoins) {
    for (int i = coin; i <= amount; i++) ways[i] += ways[i - coin];
  }
  return ways[amount];
}
class Memo : public Object {
 public:
  Dict<int64_t, int> lengths;
  int collatz(int64_t n) {
    if (n == 1) return 1;
    int known = 0;
    if (lengths.lookup(n, known)) return known;
    int length = 1 + collatz(n % 2 == 0 ? n / 2 : 3 * n + 1);
    lengths[n] = length;
    return length;
  }
};

int run(Array<Str>) {
  show("edit", edit_distance("kitten", "sitting"));
  show("edit long", edit_distance(repeat("abc", 30), repeat("acb", 28)));
  println(common("the quick brown fox", "a thick crown of roses"));
  show("coins", coins(200));
  Memo* memo = new Memo();
  int longest = 0;
  int64_t start = 0;
  for (int64_t n = 1; n < 3000; n++) {
    if (memo->collatz(n) > longest) {
      longest = memo->collatz(n);
      start = n;
    }
  }
  show("collatz", start);
  show("length", longest);
  return 0;
}

WEFT_MAIN(run)

//| edit 3
//| edit long 58
//| thick rown fo
//| coins 73682
//| collatz 2919
//| length 217
