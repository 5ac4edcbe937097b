#include "interpreter_spec/lox/class.h"

namespace lox {
namespace {

// A class that made one instance with very many fields does not give as many to each.
constexpr int kMaxRoom = 64;

// What all instances without fields share.
const weft::Slots<Value*> kNoFields(0);

}  // namespace

Shape::Shape(Class* of) : class_(of), field_count_(0) {}

Shape::Shape(Class* of, weft::Dict<String*, int> slots, int field_count)
    : class_(of), slots_(slots), field_count_(field_count) {}

int Shape::Find(String* name) const {
  int slot = slots_.get(name, kNotFound);
  return slot < field_count_ ? slot : kNotFound;
}

Shape* Shape::With(String* name) {
  Shape* known = successors_.get(name, nullptr);
  if (known != nullptr) return known;

  weft::Dict<String*, int> slots = slots_;
  if (slots.length() != field_count_) {
    slots = weft::Dict<String*, int>();
    for (auto entry : slots_) {
      if (entry.value < field_count_) slots.set(entry.key, entry.value);
    }
  }
  slots.set(name, field_count_);
  Shape* grown = new Shape(class_, slots, field_count_ + 1);
  successors_.set(name, grown);
  return grown;
}

Class::Class(String* name)
    : name_(name), empty_shape_(new Shape(this)), initializer_(nullptr), room_(0) {}

void Class::AddMethod(String* name, Closure* method) {
  methods_.set(name, method);
  if (name == kInitName) initializer_ = method;
}

void Class::InheritFrom(Class* superclass) {
  for (auto entry : superclass->methods_) AddMethod(entry.key, entry.value);
}

void Class::RequestRoom(int fields) {
  if (fields > room_ && fields <= kMaxRoom) room_ = fields;
}

Instance::Instance(Class* of)
    : shape(of->empty_shape()),
      fields(of->room() == 0 ? kNoFields : weft::Slots<Value*>(of->room())) {}

void Instance::AddField(Shape* grown_shape, Value* value) {
  int count = shape->field_count();
  if (count == fields.length()) fields = weft::resized(fields, count < 4 ? 4 : count * 2);
  fields[count] = value;
  shape = grown_shape;
  shape->instance_class()->RequestRoom(count + 1);
}

}  // namespace lox
