// Classes outside the language.
#include "dsl/weft.h"

using namespace weft;

struct Left {
  int left;
};
struct Right {
  int right;
};
struct Both : Left, Right {};  //! W0203: 'Both' has more than one base class

struct Shape {  //! W0204: 'Shape' has virtual methods
  virtual int area() { return 0; }
};

struct Counted {
  int copies = 0;
  Counted() {}
  Counted(const Counted& other) : copies(other.copies + 1) {}  //! W0205: 'Counted' declares its own copy
  Counted& operator=(const Counted& other) = default;
};

union Bits {  //! W0206: the union 'Bits'
  int number;
  float real;
};

struct Flags {
  int low : 4;  //! W0207: the bit-field 'low'
};

class File : public Object {
 public:
  ~File() {}  //! W0139: objects have no destructors
};

class Place : public Object {
 public:
  int& place;  //! W0209: 'place' would keep a reference
};

class Pool : public Object {
 public:
  static void* operator new(size_t size);  //! W0215: 'Pool' declares its own operator new
};

class WEFT_HANDLE Cursor {
 public:
  explicit Cursor(Object* target) : target_(target) {}
  void move(Object* target) { target_ = target; }  //! W0127: a method of the handle class 'Cursor'

 private:
  Object* target_;
};

class WEFT_HANDLE Number {
 public:
  int value;  //! W0216: the field 'value' of a handle class
};

class Age : public Unboxed<int64_t> {  //! W0217: 'Age' is derived from weft::Unboxed
 public:
  using Unboxed::Unboxed;
  int months = 0;
};

struct Self {
  int value = 3;
  bool is(const Self& other) const {
    return this ==    //! W0126: 'this' of the value class
           &other;    //! W0108: the address of 'other'
  }
};

struct Pair {
  int a;
  int b;
};

int unpack(Array<int> numbers) {
  int sum = 0;
  auto [a, b] = Pair{1, 2};
  static constexpr int kTwo[2] = {1, 2};
  auto& [c, d] = kTwo;  //! W0131: a structured binding
  return a + b;
}

int run(Array<Str> args) { return 0; }
WEFT_MAIN(run)
