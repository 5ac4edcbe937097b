// sort: stable, with a comparison of one's own, on lists and arrays, of all sizes.

#include "tests/battery/show.h"

using namespace weft;

struct Person {
  Str name;
  int age;
};

static int check_sizes() {
  int bad = 0;
  uint64_t seed = 42;
  for (int n = 0; n < 120; n += 7) {
    List<int> xs;
    int64_t sum = 0;
    for (int i = 0; i < n; i++) {
      seed = seed * 6364136223846793005u + 1;
      xs.append(static_cast<int>(seed >> 50));
      sum += xs.last();
    }
    sort(xs);
    for (int i = 0; i < n; i++) {
      sum -= xs[i];
      if (i > 0 && xs[i - 1] > xs[i]) bad++;
    }
    if (sum != 0) bad++;
  }
  return bad;
}

int run(Array<Str>) {
  List<int> xs;
  for (int i = 0; i < 12; i++) xs.append((i * 7) % 12);
  sort(xs);
  show_all("sorted", xs);
  sort(xs, [](int a, int b) { return a > b; });
  show_all("descending", xs);
  List<Person> people;
  Array<Str> names(8);
  names[0] = "Eve";
  names[1] = "Dan";
  names[2] = "Ann";
  names[3] = "Bob";
  for (int i = 0; i < 40; i++) people.append(Person{names[i % 4] + format_int(i), i % 4 * 10});
  sort(people, [](const Person& a, const Person& b) { return a.age < b.age; });
  for (int i = 0; i < 40; i += 9) show(people[i].name, people[i].age);
  int out_of_order = 0;
  for (int i = 1; i < 40; i++) {
    if (people[i - 1].age == people[i].age && people[i - 1].name.length() > people[i].name.length())
      out_of_order++;
  }
  show("unstable", out_of_order);
  show("bad", check_sizes());
  Array<double> array(5);
  for (int i = 0; i < 5; i++) array[i] = (i * 3 % 5) * 0.5;
  sort(array);
  show_all("array", array);
  int comparisons = 0;
  List<int> ordered;
  for (int i = 0; i < 1000; i++) ordered.append(i);
  sort(ordered, [&comparisons](int a, int b) {
    comparisons++;
    return a < b;
  });
  show("few comparisons", comparisons < 1100);
  List<Str> words;
  words.append("b");
  words.append("");
  words.append("ab");
  words.append("a");
  sort(words);
  println(words[0] + "," + words[1] + "," + words[2] + "," + words[3]);
  return 0;
}

WEFT_MAIN(run)

//| sorted 0 1 2 3 4 5 6 7 8 9 10 11
//| descending 11 10 9 8 7 6 5 4 3 2 1 0
//| Eve0 0
//| Eve36 0
//| Dan33 10
//| Ann30 20
//| Bob27 30
//| unstable 0
//| bad 0
//| array 0 0.5 1 1.5 2
//| few comparisons true
//| ,a,ab,b
