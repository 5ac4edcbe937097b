#ifndef WEFT_INTERPRETER_SPEC_LOX_FUNCTION_H_
#define WEFT_INTERPRETER_SPEC_LOX_FUNCTION_H_

#include "interpreter_spec/lox/string.h"
#include "interpreter_spec/lox/value.h"

// Everything that can be called, and what calls need.
namespace lox {

struct Closure;
class Shape;

// What is known about a property of all objects that have one shape. (See class.h for shapes.)
struct PropertyAnswer {
  // Null as long as nothing is known.
  Shape* shape;
  // Where a field that is read or written stands.
  int slot;
  // When writing makes a new field: the shape afterwards.
  Shape* grown_shape;
  // The method that a call finds.
  Closure* method;
};

// One place in a program that names a property, and what was found there. An object of the shape
// that came last needs no look-up at all; nearly all places only ever see one or two.
struct PropertySite {
  String* name;
  PropertyAnswer last;
  PropertyAnswer earlier;

  void Learn(PropertyAnswer answer) {
    earlier = last;
    last = answer;
  }
};

// Says for a closure that is being made where one captured variable comes from: a slot of the
// running function, or a variable that this one has captured itself.
struct Capture {
  int index;
  bool is_local;
};

// A function as the compiler leaves it. As a constant it is a value like others, but no program
// sees it.
struct Function final : public Value {
  Function(String* name, int arity, int frame_size, Array<uint64_t> code, Array<int> lines,
           Array<Value*> constants, Array<PropertySite> sites, Array<Capture> captures)
      : name(name),
        arity(arity),
        frame_size(frame_size),
        code(code),
        lines(lines),
        constants(constants),
        sites(sites),
        captures(captures) {}

  // Null for the script.
  String* const name;
  const int arity;
  // How many stack slots a call takes at most, its arguments and itself included.
  const int frame_size;
  const Array<uint64_t> code;
  // For each word of code its line.
  const Array<int> lines;
  const Array<Value*> constants;
  const Array<PropertySite> sites;
  const Array<Capture> captures;

  Str Text() override;
};

// A variable that closures share with the function that made it. While that function runs, it is
// *open*: the value lives in a stack slot.
class Upvalue final : public weft::Object {
 public:
  Upvalue(int64_t slot, Upvalue* next) : slot_(slot), closed_(nullptr), next_(next) {}

  // Open upvalues form a list, the one with the highest slot first.
  int64_t slot() const { return slot_; }
  Upvalue* next() const { return next_; }
  void set_next(Upvalue* next) { next_ = next; }

  Value* Get(Array<Value*> stack) const { return slot_ >= 0 ? stack[slot_] : closed_; }

  void Set(Array<Value*> stack, Value* value) {
    if (slot_ >= 0) {
      stack[slot_] = value;
    } else {
      closed_ = value;
    }
  }

  void Close(Array<Value*> stack) {
    closed_ = stack[slot_];
    slot_ = -1;
    next_ = nullptr;
  }

 private:
  int64_t slot_;
  Value* closed_;
  Upvalue* next_;
};

// What a function declaration makes when it runs.
struct Closure final : public Value {
  Closure(Function* function, Array<Upvalue*> upvalues) : function(function), upvalues(upvalues) {}

  Function* const function;
  const Array<Upvalue*> upvalues;

  Str Text() override { return function->Text(); }
};

// A method together with the object that it was read from.
struct BoundMethod final : public Value {
  BoundMethod(Value* receiver, Closure* method) : receiver(receiver), method(method) {}

  Value* const receiver;
  Closure* const method;

  Str Text() override { return method->Text(); }
};

// A function that the interpreter brings along. It finds its `count` arguments on the stack from
// `first` on.
using NativeCode = Value* (*)(Array<Value*> stack, uint32_t first, uint32_t count);

struct Native final : public Value {
  explicit Native(NativeCode code) : code(code) {}

  const NativeCode code;

  Str Text() override { return "<native fn>"; }
};

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_FUNCTION_H_
