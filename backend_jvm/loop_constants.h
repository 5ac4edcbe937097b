#ifndef WEFT_BACKEND_JVM_LOOP_CONSTANTS_H_
#define WEFT_BACKEND_JVM_LOOP_CONSTANTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "backend_jvm/class_file.h"
#include "backend_jvm/code.h"
#include "backend_jvm/types.h"
#include "flowgraph/program.h"

// What stays the same while an interpreter runs, as constants of HotSpot's.
//
// An interpreter's loop is a method of an object that is made once, and works on arrays that this
// object has from its constructor to its end: the stack, the frames. In the loop they are static
// final fields of a class that is initialised when the loop begins. HotSpot takes those for
// constants: it knows where a stack begins, how long it is and what its elements are, keeps nothing
// of that in registers or on its stack, and leaves out loads and checks in every instruction.
//
// The loop of another object runs in a second method, which is the loop as it is written. A program
// that makes one has both; its class is not read before.
namespace weft::backend_jvm {

class LoopConstants {
 public:
  // Makes them constants of the function's graph: frozen objects with numbers that the program's do
  // not have. There are none, and the graph stays as it is, where there is no such loop.
  LoopConstants(Types& types, flowgraph::FunctionInfo& function, std::string class_name,
                std::string others_class);

  bool empty() const { return constants_.empty(); }
  bool IsOne(const flowgraph::Constant& constant) const;
  // The static field of one.
  FieldRef Field(const flowgraph::Constant& constant) const;
  // Where the loop's method begins: goes to the label unless the constants are those of its object.
  void WriteCheck(Code& code, uint32_t otherwise) const;
  // The class with the fields, and that of the loop of other objects.
  ClassFile WriteClass() const;
  const std::string& class_name() const { return class_name_; }
  const std::string& others_class() const { return others_class_; }

 private:
  struct Constant {
    std::string descriptor;
    // The field of the object; none for the object itself.
    FieldRef field;
  };

  static std::string FieldName(size_t number);

  std::string class_name_;
  std::string others_class_;
  std::string object_class_;
  // The number of the first one.
  size_t first_;
  std::vector<Constant> constants_;
};

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_LOOP_CONSTANTS_H_
