// Every type that may cross to the host and back; results and parameters that the host declares
// otherwise; interfaces. Where a host has no such function, the body is what it is.
#include "tests/battery/show.h"

using weft::Array;
using weft::Object;
using weft::Str;

WEFT_HOST_METHOD("jvm:static java.lang.Byte.toUnsignedInt", "cli:static System.Convert.ToInt32")
int32_t widened(uint8_t byte) { return byte; }

WEFT_HOST_METHOD("jvm:static short java.lang.Short.reverseBytes")
int16_t swapped(int16_t value) {
  auto bits = static_cast<uint16_t>(value);
  return static_cast<int16_t>(static_cast<uint16_t>(bits << 8 | bits >> 8));
}

WEFT_HOST_METHOD("jvm:static char java.lang.Character.reverseBytes(char)")
uint16_t swapped_unsigned(uint16_t value) { return static_cast<uint16_t>(value << 8 | value >> 8); }

// The digit is an int in Java and a double in .NET.
WEFT_HOST_METHOD("jvm:static int java.lang.Character.getNumericValue(char)",
                 "cli:static double System.Char.GetNumericValue(char)")
double digit(uint16_t character) { return character - '0'; }

WEFT_HOST_METHOD("jvm:static java.lang.Integer.toUnsignedString",
                 "cli:static System.Convert.ToString")
Str text_of_u32(uint32_t value) { return weft::format_uint(value); }

WEFT_HOST_METHOD("jvm:static java.lang.Long.toUnsignedString", "cli:static System.Convert.ToString")
Str text_of_u64(uint64_t value) { return weft::format_uint(value); }

// Zero-extended on the way to a long.
WEFT_HOST_METHOD("jvm:static java.lang.Long.toString(long)",
                 "cli:static System.Convert.ToString(long)")
Str text_of_wide(uint32_t value) { return weft::format_uint(value); }

WEFT_HOST_METHOD("jvm:static java.lang.Math.max", "cli:static System.Math.Max")
float larger(float a, float b) { return a > b ? a : b; }

WEFT_HOST_METHOD("jvm:static java.lang.Boolean.logicalXor")
bool differ(bool a, bool b) { return a != b; }

WEFT_HOST_METHOD("jvm:static java.util.Objects.isNull(java.lang.Object)",
                 "cli:static System.String.IsNullOrEmpty")
bool is_missing(Str text) { return text == nullptr; }

WEFT_HOST_METHOD("jvm:virtual java.lang.String.trim", "cli:virtual System.String.Trim")
Str trimmed(Str text) {
  int64_t start = 0;
  int64_t end = text.length();
  while (start < end && text[start] == ' ') start++;
  while (end > start && text[end - 1] == ' ') end--;
  return weft::substr(text, start, end - start);
}

WEFT_HOST_METHOD("jvm:static java.util.Arrays.sort", "cli:static System.Array.Sort(System.Array)")
void sort_bytes(Array<int8_t> bytes) {
  for (int64_t i = 1; i < bytes.length(); i++) {
    for (int64_t j = i; j > 0 && bytes[j] < bytes[j - 1]; j--) {
      int8_t moved = bytes[j];
      bytes[j] = bytes[j - 1];
      bytes[j - 1] = moved;
    }
  }
}

WEFT_HOST_METHOD("jvm:static java.util.Arrays.copyOf(double[], int)")
Array<double> resized(Array<double> numbers, int32_t length) {
  Array<double> result(length);
  for (int32_t i = 0; i < length && i < numbers.length(); i++) result[i] = numbers[i];
  return result;
}

// Objects of the program's own, kept by the host behind an interface.
class WEFT_HOST_CLASS("jvm:interface java.util.List",
                      "cli:interface System.Collections.IList") Items : public weft::HostObject {
 public:
  WEFT_HOST_METHOD("jvm:new java.util.ArrayList()", "cli:new System.Collections.ArrayList()")
  static Items* make() { return new Items(); }

  WEFT_HOST_METHOD("jvm:boolean add(java.lang.Object)", "cli:int Add(object)")
  void add(Object* item) { items_.append(item); }

  WEFT_HOST_METHOD("jvm:get", "cli:get_Item")
  Object* get(int32_t index) { return items_[index]; }

  WEFT_HOST_METHOD("jvm:size", "cli:interface System.Collections.ICollection.get_Count")
  int32_t size() { return static_cast<int32_t>(items_.length()); }

 private:
  weft::List<Object*> items_;
};

class Point : public Object {
 public:
  int x;
  explicit Point(int x) : x(x) {}
};

int run(Array<Str>) {
  show("u8", widened(200));
  show("i16", swapped(-2));
  show("u16", swapped_unsigned(0xff01));
  show("digit", digit('7'));
  show("u32", text_of_u32(4000000000u));
  show("u64", text_of_u64(18000000000000000000u));
  show("u32 as i64", text_of_wide(4000000000u));
  show("float", larger(-1.5f, 0.25f));
  show("bool", differ(true, false));
  show("null", is_missing(Str(nullptr)));
  show("not null", is_missing("x"));
  show("object", "[" + trimmed("  a b ") + "]");
  Array<int8_t> bytes(3);
  bytes[0] = 5;
  bytes[1] = -7;
  sort_bytes(bytes);
  show("bytes", bytes[0]);
  show("bytes", bytes[2]);
  Array<double> numbers(2);
  numbers[1] = 2.5;
  Array<double> longer = resized(numbers, 4);
  show("length", longer.length());
  show("number", longer[1]);

  Items* items = Items::make();
  items->add(new Point(3));
  items->add(nullptr);
  items->add(items);
  show("size", items->size());
  show("kept", weft::cast<Point>(items->get(0))->x);
  show("kept null", items->get(1) == nullptr);
  show("itself", items->get(2) == items);
  show("a list", weft::isa<Items>(items->get(2)));
  show("no list", weft::isa<Items>(items->get(0)));
  return 0;
}

WEFT_MAIN(run)

//| u8 200
//| i16 -257
//| u16 511
//| digit 7
//| u32 4000000000
//| u64 18000000000000000000
//| u32 as i64 4000000000
//| float 0.25
//| bool true
//| null true
//| not null false
//| object [a b]
//| bytes -7
//| bytes 5
//| length 4
//| number 2.5
//| size 3
//| kept 3
//| kept null true
//| itself true
//| a list true
//| no list false
