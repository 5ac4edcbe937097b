// A JSON reader and printer with a class hierarchy.

#include "tests/battery/show.h"

using namespace weft;

class Json : public Object {
 public:
  virtual void write(StrBuilder out) = 0;
  Str text() {
    StrBuilder out;
    write(out);
    return out.build();
  }
};
class JsonNumber : public Unboxed<double, Json> {
 public:
  using Unboxed::Unboxed;
  void write(StrBuilder out) override { out.append(format_double(value())); }
};
class JsonText : public Json {
 public:
  Str value;
  explicit JsonText(Str value) : value(value) {}
  void write(StrBuilder out) override {
    out.append_byte('"');
    for (uint8_t c : value) {
      if (c == '"' || c == '\\') out.append_byte('\\');
      out.append_byte(c);
    }
    out.append_byte('"');
  }
};
class JsonWord : public Json {
 public:
  Str word;
  explicit JsonWord(Str word) : word(word) {}
  void write(StrBuilder out) override { out.append(word); }
};
class JsonList : public Json {
 public:
  List<Json*> items;
  void write(StrBuilder out) override {
    out.append_byte('[');
    for (int64_t i = 0; i < items.length(); i++) {
      if (i > 0) out.append_byte(',');
      items[i]->write(out);
    }
    out.append_byte(']');
  }
};
class JsonDict : public Json {
 public:
  Dict<Str, Json*> items;
  void write(StrBuilder out) override {
    out.append_byte('{');
    bool first = true;
    for (auto [key, value] : items) {
      if (!first) out.append_byte(',');
      first = false;
      out.append("\"" + key + "\":");
      value->write(out);
    }
    out.append_byte('}');
  }
};

class Reader : public Object {
 public:
  explicit Reader(Str text) : text_(text) {}
  Json* read() {
    Json* result = value();
    space();
    if (at_ != text_.length()) fail();
    return result;
  }

 private:
  [[noreturn]] void fail() { throw new ValueError("bad JSON at " + format_int(at_)); }
  void space() {
    while (at_ < text_.length() && (text_[at_] == ' ' || text_[at_] == '\n')) at_++;
  }
  uint8_t peek() {
    space();
    if (at_ >= text_.length()) fail();
    return text_[at_];
  }
  void expect(char c) {
    if (peek() != c) fail();
    at_++;
  }
  Json* value() {
    switch (peek()) {
      case '{': {
        JsonDict* dict = new JsonDict();
        expect('{');
        if (peek() != '}') {
          do {
            Str key = string();
            expect(':');
            dict->items[key] = value();
          } while (comma());
        }
        expect('}');
        return dict;
      }
      case '[': {
        JsonList* list = new JsonList();
        expect('[');
        if (peek() != ']') {
          do {
            list->items.append(value());
          } while (comma());
        }
        expect(']');
        return list;
      }
      case '"':
        return new JsonText(string());
      default: {
        int64_t start = at_;
        while (at_ < text_.length() && find_byte(",]} \n", text_[at_]) < 0) at_++;
        Str word = substr(text_, start, at_ - start);
        if (word == "true" || word == "false" || word == "null") return new JsonWord(word);
        double number = 0;
        if (!parse_double(word, number)) fail();
        return new JsonNumber(number);
      }
    }
  }
  bool comma() {
    if (peek() != ',') return false;
    at_++;
    return true;
  }
  Str string() {
    expect('"');
    StrBuilder out;
    while (true) {
      if (at_ >= text_.length()) fail();
      uint8_t c = text_[at_++];
      if (c == '"') return out.build();
      if (c == '\\') c = text_[at_++];
      out.append_byte(c);
    }
  }
  Str text_;
  int64_t at_ = 0;
};

int run(Array<Str>) {
  static const Str kTexts[] = {
      "{\"a\": [1, 2.50, -3e2], \"b\": {\"c\": null, \"d\": [true, false]}, \"e\": \"x\\\"y\"}",
      "[]",
      "[[[]], {}]",
      "\"text\"",
      "[1, 2",
      "{\"a\" 1}",
      "[1,, 2]",
      "nope",
      "{\"a\": 1, \"a\": 2}"};
  for (Str text : kTexts) {
    try {
      println((new Reader(text))->read()->text());
    } catch (ValueError* e) {
      println(e->message);
    }
  }
  return 0;
}

WEFT_MAIN(run)

//| {"a":[1,2.5,-300],"b":{"c":null,"d":[true,false]},"e":"x\"y"}
//| []
//| [[[]],{}]
//| "text"
//| bad JSON at 5
//| bad JSON at 5
//| bad JSON at 3
//| bad JSON at 4
//| {"a":2}
