#ifndef WEFT_INTERPRETER_SPEC_LOX_CLASS_H_
#define WEFT_INTERPRETER_SPEC_LOX_CLASS_H_

#include "interpreter_spec/lox/function.h"

// Classes, their instances, and shapes, which make property access fast.
//
// A field exists from the first assignment on, so two instances of a class may differ. But nearly
// always they are filled by the same code and get the same fields in the same order. A *shape*
// stands for one class and one such order: it says in which slot each field is. An instance is a
// shape and the slots. Adding a field leads to another shape, the same one for every instance that
// comes this way. So where a program names a property, it is enough to remember the last shape and
// the slot, and the next access is one comparison and one load (PropertySite).
namespace lox {

class Class;

class Shape final : public weft::Object {
 public:
  static constexpr int kNotFound = -1;

  // The shape of a new instance: no fields.
  explicit Shape(Class* of);

  Class* instance_class() const { return class_; }
  int field_count() const { return field_count_; }

  // The slot of the field, or kNotFound.
  int Find(String* name) const;

  // The shape that an instance gets with one field more; its slot is this shape's field_count().
  Shape* With(String* name);

 private:
  Shape(Class* of, weft::Dict<String*, int> slots, int field_count);

  Class* const class_;
  // Shapes that grow out of each other share one table: a field belongs to this shape if its slot
  // is below field_count_. Only when a second name follows on the same shape a copy is needed.
  const weft::Dict<String*, int> slots_;
  const int field_count_;
  const weft::Dict<String*, Shape*> successors_;
};

class Class final : public Value {
 public:
  explicit Class(String* name);

  Shape* empty_shape() const { return empty_shape_; }
  // The method `init`, or null.
  Closure* initializer() const { return initializer_; }
  // For how many fields a new instance has room. It follows what earlier instances needed.
  int room() const { return room_; }

  // The method, inherited ones included, or null.
  Closure* FindMethod(String* name) const { return methods_.get(name, nullptr); }
  void AddMethod(String* name, Closure* method);
  void InheritFrom(Class* superclass);
  void RequestRoom(int fields);

  Str name() const { return name_->text(); }
  Str Text() override { return name_->text(); }

 private:
  String* const name_;
  const weft::Dict<String*, Closure*> methods_;
  Shape* const empty_shape_;
  Closure* initializer_;
  int room_;
};

struct Instance final : public Value {
  explicit Instance(Class* of);

  Shape* shape;
  // At least as many as the shape has fields.
  weft::Slots<Value*> fields;

  Str Text() override { return shape->instance_class()->name() + " instance"; }

  // Adds a field that `shape` does not have; `grown_shape` is shape->With(its name).
  void AddField(Shape* grown_shape, Value* value);
};

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_CLASS_H_
