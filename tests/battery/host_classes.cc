// Classes and functions of the platform, with bodies for where there is none: the result is the
// same everywhere.
#include "tests/battery/show.h"

using weft::Array;
using weft::List;
using weft::Str;

class WEFT_HOST_CLASS("jvm:java.lang.StringBuilder", "cli:System.Text.StringBuilder") Text
    : public weft::HostObject {
 public:
  WEFT_HOST_METHOD("jvm:new", "cli:new")
  static Text* make() { return new Text(); }

  WEFT_HOST_METHOD("jvm:append", "cli:Append")
  Text* append(Str part) {
    whole_ = whole_ + part;
    return this;
  }

  // Another overload of the same name, which takes a character.
  WEFT_HOST_METHOD("jvm:append(char)", "cli:Append(char)")
  Text* append(int32_t letter) {
    weft::StrBuilder builder;
    builder.append(whole_);
    builder.append_byte(static_cast<uint8_t>(letter));
    whole_ = builder.build();
    return this;
  }

  WEFT_HOST_METHOD("jvm:length", "cli:get_Length")
  int32_t length() { return static_cast<int32_t>(whole_.length()); }

  WEFT_HOST_METHOD("jvm:toString", "cli:ToString")
  Str to_str() { return whole_; }

 private:
  Str whole_;
};

WEFT_HOST_METHOD("jvm:static java.lang.Math.max", "cli:static System.Math.Max")
int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

WEFT_HOST_METHOD("jvm:static java.lang.Math.abs", "cli:static System.Math.Abs")
double magnitude(double a) noexcept { return a < 0 ? -a : a; }

WEFT_HOST_METHOD("jvm:static java.util.Arrays.sort", "cli:static System.Array.Sort(System.Array)")
void sort_numbers(Array<int32_t> numbers) {
  for (int64_t i = 1; i < numbers.length(); i++) {
    for (int64_t j = i; j > 0 && numbers[j] < numbers[j - 1]; j--) {
      int32_t moved = numbers[j];
      numbers[j] = numbers[j - 1];
      numbers[j - 1] = moved;
    }
  }
}

WEFT_HOST_METHOD("jvm:static java.lang.Integer.parseInt", "cli:static System.Int32.Parse")
int32_t number_in(Str text) {
  int32_t number = 0;
  for (int64_t i = 0; i < text.length(); i++) {
    if (text[i] < '0' || text[i] > '9') throw new weft::HostError("not a number");
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

// Objects of the host in fields, containers and beside others.
class Holder : public weft::Object {
 public:
  Text* text = nullptr;
};

static void fill(Text*& place, Str with) {
  if (place == nullptr) place = Text::make();
  place->append(with);
}

int run(Array<Str>) {
  Text* text = Text::make();
  show("chained", text->append("one ")->append("two ")->append('3')->to_str());
  show("text length", text->length());
  show("not ascii", Text::make()->append("gr\xc3\xbc\xc3\x9f")->to_str());

  auto* holder = new Holder();
  show("null at first", holder->text == nullptr);
  fill(holder->text, "a");
  fill(holder->text, "b");
  show("field", holder->text->to_str());

  List<Text*> texts;
  texts.append(text);
  texts.append(nullptr);
  fill(texts[1], "late");
  show("place", texts[1]->to_str());
  show("same", texts[0] == text);
  show("other", texts[0] == texts[1]);

  List<weft::Object*> objects;
  objects.append(text);
  objects.append(holder);
  for (weft::Object* object : objects) {
    show("is a text", weft::isa<Text>(object));
    if (Text* found = weft::dyn_cast<Text>(object)) show("length", found->length());
  }

  show("larger", larger(-5, 3));
  show("magnitude", magnitude(-2.5));
  Array<int32_t> numbers(4);
  numbers[0] = 7;
  numbers[1] = -1;
  numbers[2] = 100;
  sort_numbers(numbers);
  for (int64_t i = 0; i < numbers.length(); i++) show("sorted", numbers[i]);

  show("number in", number_in("12"));
  try {
    show("never", number_in("12x"));
  } catch (weft::HostError* error) {
    show("the host says something", error->message.length() > 0);
  }
  return 0;
}

WEFT_MAIN(run)

//| chained one two 3
//| text length 9
//| not ascii grüß
//| null at first true
//| field ab
//| place late
//| same true
//| other false
//| is a text true
//| length 9
//| is a text false
//| larger 3
//| magnitude 2.5
//| sorted -1
//| sorted 0
//| sorted 7
//| sorted 100
//| number in 12
//| the host says something true
