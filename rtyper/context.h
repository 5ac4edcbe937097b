#ifndef WEFT_RTYPER_CONTEXT_H_
#define WEFT_RTYPER_CONTEXT_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/diagnostic.h"
#include "flowgraph/program.h"
#include "rtyper/representation.h"
#include "rtyper/rtyper.h"
#include "rtyper/unboxed.h"

// What rtyping one function needs to know of the whole program.
namespace weft::rtyper {

// The low-level form of a global (globals.cc).
struct GlobalLowering {
  TypeId source_type;
  // Its scalars, each a global of its own, unless the global lives in a box.
  std::vector<GlobalId> scalars;
  // Where its place is taken, the global is a frozen box that stays where it is.
  FrozenId box;
  ContainerId box_container;
};

// What a virtual call may run.
struct VirtualTargets {
  // No class with an implementation is ever instantiated.
  bool none = true;
  // The implementation, if there is one only.
  FunctionId single;
};

class Context {
 public:
  Context(flowgraph::Program& program, const annotator::Annotations* annotations,
          DiagnosticEngine& diagnostics)
      : program(program),
        annotations(annotations),
        diagnostics(diagnostics),
        representations(program, diagnostics),
        unboxed(program, representations) {}

  flowgraph::Program& program;
  const annotator::Annotations* annotations;
  DiagnosticEngine& diagnostics;
  Representations representations;
  UnboxedClasses unboxed;

  // Walks all operations once: which classes are instantiated, which globals have a place, which
  // functions have a body. The annotator empties those that are never reached.
  void Scan();
  void ChooseUnboxed(BoxingScheme scheme) { unboxed.Choose(scheme, instantiated_); }
  bool has_body(FunctionId id) const { return has_body_[id.index]; }
  // Gives a body that is never reached to functions without one whose address is taken.
  void AddStubs();
  bool is_instantiated(ClassId cls) const { return instantiated_[cls.index]; }

  bool is_ootype() const { return program.type_system == flowgraph::TypeSystem::kOotype; }

  // functions.cc: signatures. Comes after LayOutClasses and before any graph is rewritten.
  void LowerSignatures();
  // The low-level type of a function: its own, or under lltype that of the virtual method that it
  // implements, so that all entries of a dispatch table have one type.
  TypeId signature(FunctionId id) const { return signatures_[id.index]; }
  TypeId method_signature(MethodId id) const { return method_signatures_[id.index]; }
  // The source type that the function had.
  TypeId source_type(FunctionId id) const { return source_types_[id.index]; }
  void LowerExternals();

  // Whether annotations tell that a value of a function is never null.
  bool IsNonNull(FunctionId function, ValueId value) const;

  // globals.cc.
  void LowerGlobals();
  const GlobalLowering& global(GlobalId id) const { return globals_[id.index]; }
  // The constant at the low level of one scalar of a source constant.
  flowgraph::Constant LowerConstant(const flowgraph::Constant& constant);

  // strings.cc: the frozen string of a literal.
  FrozenId FrozenLiteral(LiteralId literal);

  // functions.cc: what calling a method on an object of static class `receiver` may run, and the
  // table for it.
  VirtualTargets FindTargets(ClassId receiver, MethodId method);
  DispatchTableId DispatchTable(MethodId method);

 private:
  // The implementations of a method by preorder number, over the classes below its introducer.
  const std::vector<FunctionId>& Implementations(MethodId method);
  void LowerGlobal(GlobalId id);
  void LowerTable(GlobalId id);

  std::vector<bool> instantiated_;
  std::vector<bool> has_body_;
  std::vector<FunctionId> stubs_;
  std::vector<bool> place_taken_;
  std::vector<TypeId> signatures_;
  std::vector<TypeId> method_signatures_;
  std::vector<TypeId> source_types_;
  std::vector<GlobalLowering> globals_;
  std::vector<FrozenId> literals_;
  absl::flat_hash_map<MethodId, std::vector<FunctionId>> implementations_;
  absl::flat_hash_map<MethodId, DispatchTableId> dispatch_tables_;
  absl::flat_hash_map<std::pair<ClassId, MethodId>, VirtualTargets> targets_;
};

}  // namespace weft::rtyper

#endif  // WEFT_RTYPER_CONTEXT_H_
