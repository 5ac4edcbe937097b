#ifndef WEFT_RTYPER_REPRESENTATION_H_
#define WEFT_RTYPER_REPRESENTATION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/diagnostic.h"
#include "flowgraph/program.h"

// How each source type is represented at the low level.
//
// A value of a source type becomes a list of scalars: one for a primitive, a reference or a
// function, all its fields' scalars for a value, base and offset for a reference to a place. In SSA
// each scalar is a value of its own; in memory they have a layout, the same wherever such a value
// stands, so that a place inside a value is the value's offset plus a constant.
//
// Objects, strings, arrays and boxes (locals and globals whose place is taken) are containers.
namespace weft::rtyper {

// A value of a source type in memory; the offsets go with the type's scalars.
struct MemoryLayout {
  uint32_t size = 0;
  uint32_t alignment = 1;
  std::vector<uint32_t> offsets;
};

// Some of the scalars of a value: the part that a path leads to.
struct ScalarRange {
  uint32_t first = 0;
  uint32_t count = 0;
};

class Representations {
 public:
  Representations(flowgraph::Program& program, DiagnosticEngine& diagnostics)
      : program_(program), diagnostics_(diagnostics) {}
  Representations(const Representations&) = delete;
  Representations& operator=(const Representations&) = delete;

  // Gives every class its container and type id. Comes first.
  void LayOutClasses();
  // Fills in the arrays that were asked for. Comes last.
  void LayOutArrays();

  const std::vector<TypeId>& Scalars(TypeId type);
  // The only scalar of a type that has one.
  TypeId Scalar(TypeId type);
  // What a function with this source result returns: nothing, a scalar, or a tuple of scalars.
  TypeId ResultType(TypeId type);
  // The low-level type of a function with this source type.
  TypeId Signature(TypeId function_type);
  const MemoryLayout& Layout(TypeId type);
  // The scalars of the part of `type` that a path leads to.
  ScalarRange Part(TypeId type, PathId path) { return Part(type, program_.path(path), 0); }
  // The same for a field of a class: the range is in the fields of the class's container.
  ScalarRange FieldPart(ClassId cls, PathId path);
  // Adds "name", or "name.field" for each scalar of a type that has several.
  void AppendScalarNames(const std::string& name, TypeId type, std::vector<std::string>* names);

  // The container of weft::Object, to which every pointer may be cast.
  ContainerId root() const { return root_; }
  TypeId root_pointer() { return program_.types.Ptr(root_); }
  ContainerId str() const { return str_; }
  ContainerId class_container(ClassId cls) const { return program_.cls(cls).container; }
  ContainerId array(TypeId element);
  // A container for one value of any type.
  ContainerId box(TypeId type);

  // Classes in the preorder of the tree; a class and those derived from it stand in a row.
  const std::vector<ClassId>& preorder() const { return preorder_; }
  // The class's place in the preorder, and the end of its row.
  std::pair<uint32_t, uint32_t> PreorderRange(ClassId cls) const { return ranges_[cls.index]; }

 private:
  ScalarRange Part(TypeId type, const std::vector<uint32_t>& path, size_t from);
  std::vector<TypeId> ComputeScalars(TypeId type);
  MemoryLayout ComputeLayout(TypeId type);
  void LayOutClass(ClassId cls);
  void AppendFields(const std::string& name, TypeId type, uint32_t offset, bool immutable,
                    std::vector<lltype::Field>* fields);
  uint32_t NextTypeId() { return next_type_id_++; }

  flowgraph::Program& program_;
  DiagnosticEngine& diagnostics_;

  // By TypeId; the lists stay where they are.
  std::vector<std::unique_ptr<std::vector<TypeId>>> scalars_;
  std::vector<std::unique_ptr<MemoryLayout>> layouts_;
  // Value classes whose scalars are being computed.
  std::vector<bool> in_progress_;

  ContainerId root_;
  ContainerId str_;
  absl::flat_hash_map<TypeId, ContainerId> arrays_;
  absl::flat_hash_map<TypeId, ContainerId> boxes_;
  std::vector<std::pair<TypeId, ContainerId>> pending_arrays_;

  std::vector<ClassId> preorder_;
  std::vector<std::pair<uint32_t, uint32_t>> ranges_;
  // By class and own field: the first of its fields in the container.
  std::vector<std::vector<uint32_t>> first_fields_;
  // By class: where the fields end, before padding.
  std::vector<uint32_t> ends_;
  // Id 0 is no type, so that zeroed memory is never taken for an object.
  uint32_t next_type_id_ = 1;
};

}  // namespace weft::rtyper

#endif  // WEFT_RTYPER_REPRESENTATION_H_
