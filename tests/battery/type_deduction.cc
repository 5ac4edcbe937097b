// auto, decltype, aliases and trailing results.

#include "tests/battery/show.h"

using namespace weft;

using Count = int64_t;
typedef uint8_t Byte;
template <class T>
using Pairs = List<List<T>>;

class Node : public Object {
 public:
  using Key = Str;
  Key key = "k";
};
static auto half(int x) -> double { return x / 2.0; }
static auto pick(bool b) {
  if (b) return 1;
  return 2;
}
static decltype(auto) same(int& x) { return (x); }

int run(Array<Str>) {
  auto i = 5;
  auto l = i + int64_t{1};
  auto d = i * 0.5;
  auto s = Str("text");
  auto* node = new Node();
  const auto& key = node->key;
  auto& place = i;
  place = 7;
  show("i", i);
  show("sizes", static_cast<int>(sizeof(i) * 100 + sizeof(l) * 10 + sizeof(d)));
  println(s + key);
  decltype(l) wide = INT64_MAX;
  show("wide", wide);
  Count count = 3;
  Byte byte = static_cast<Byte>(300);
  show("aliases", count * byte);
  Pairs<int> pairs;
  pairs.append(List<int>());
  pairs[0].append(9);
  show("template alias", pairs[0][0]);
  show("trailing", half(5));
  show("picked", pick(true) + pick(false));
  same(i) = 70;
  show("decltype(auto)", i);
  Node::Key k = "member alias";
  println(k);
  show("same types", std::is_same_v<decltype(d), double>);
  return 0;
}

WEFT_MAIN(run)

//| i 7
//| sizes 488
//| textk
//| wide 9223372036854775807
//| aliases 132
//| template alias 9
//| trailing 2.5
//| picked 3
//| decltype(auto) 70
//| member alias
//| same types true
