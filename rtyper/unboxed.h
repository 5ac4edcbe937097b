#ifndef WEFT_RTYPER_UNBOXED_H_
#define WEFT_RTYPER_UNBOXED_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "flowgraph/program.h"
#include "rtyper/representation.h"
#include "rtyper/rtyper.h"

// Which Unboxed classes are immediates, which have caches, and how their objects are made.
//
// An object of an Unboxed class comes from `new`, which is followed by the constructor's one write
// of the value, since constructors are inlined. An immediate cannot be written: the reference comes
// into being with the value. So the two become one operation, at the place of the write, if nothing
// uses the object before; a class for which this does not hold everywhere stays on the heap.
//
// A pointer has to tell what it is without looking at memory, so in the whole program the objects
// of exactly one class with a double and of one with an integer can be immediates: those that are
// made in the most places. Objects of other classes, derived ones too, are on the heap, as are
// integers that do not fit, so a pointer to `Unboxed<int64_t>` may be either.
//
// Hosts (ootype) have no immediates. There every class whose objects could be is *cached*: a
// function makes them, which keeps those with small whole values and gives them again. A reference
// to a small number then costs no memory and no miss of the processor's cache: on the JVM trees of
// Lox takes 0.8 of its time with caches, the other benchmark programs what they take without.
namespace weft::rtyper {

class UnboxedClasses {
 public:
  UnboxedClasses(flowgraph::Program& program, Representations& representations)
      : program_(program), representations_(representations) {}

  // Looks at all source graphs and sets Program::boxing. Comes after LayOutClasses.
  void Choose(BoxingScheme scheme, const std::vector<bool>& is_instantiated);
  // Whether source graphs have to be asked where objects get their values.
  bool wants_creations() const { return program_.boxing.scheme != BoxingScheme::kNone || is_host_; }
  // Adds the functions that box and unbox what may be on the heap, still without graphs.
  void AddFunctions();
  // Gives them their graphs, once no graph is rewritten any more.
  void FillFunctions();

  // Whether objects of exactly this class are immediates, if the value fits.
  bool IsImmediate(ClassId cls) const;
  // Whether objects of exactly this class are made by a function with a cache.
  bool IsCached(ClassId cls) const { return caches_.contains(cls); }
  // Whether every double is an immediate, and integers are not.
  bool AlwaysFits(ClassId cls) const {
    return program_.cls(cls).unboxed == flowgraph::UnboxedKind::kFloat;
  }
  // What a reference to an object of this class or one derived from it may be.
  bool MayBeImmediate(ClassId cls) const;
  bool MayBeOnHeap(ClassId cls) const;
  // The class of immediates below this one, which there is.
  ClassId ImmediateBelow(ClassId cls) const;

  // value -> object of this class, which is one of immediates or cached; the object, at the class
  // that declares the field -> value.
  FunctionId BoxFunction(ClassId cls) const { return IsCached(cls) ? caches_.at(cls).box : box_; }
  FunctionId UnboxFunction(ClassId declaring) const;

  const std::vector<UnboxedReport>& reports() const { return reports_; }

 private:
  struct Candidate {
    ClassId cls;
    uint32_t allocations = 0;
    // Why it cannot be immediate.
    std::string obstacle;
  };

  void FindCandidates(const std::vector<bool>& is_instantiated);
  std::string ObstacleOf(ClassId cls) const;
  void ScanFunction(const flowgraph::FunctionInfo& function);
  Candidate* Find(ClassId cls);
  // A function that makes objects, and the global with those that it keeps.
  struct Cache {
    FunctionId box;
    GlobalId objects;
  };

  void AddCache(ClassId cls);
  void FillCachedBox(ClassId cls, const Cache& cache);
  FunctionId AddFunction(std::string name, TypeId result, TypeId parameter);

  flowgraph::Program& program_;
  Representations& representations_;
  bool is_host_ = false;
  std::vector<Candidate> candidates_;
  std::vector<bool> is_instantiated_;
  FunctionId box_;
  absl::flat_hash_map<ClassId, Cache> caches_;
  // By the class that declares the field; two at most.
  std::vector<std::pair<ClassId, FunctionId>> unbox_;
  std::vector<UnboxedReport> reports_;
};

// Where the objects of one `new` of a source graph get their value.
struct UnboxedCreation {
  // The write's block, and its number in there.
  BlockId block;
  uint32_t position = 0;
  ValueId value;
};

// The objects of Unboxed classes that a source graph makes: of each `new`, by its result, the write
// of the value, if it is the only one and comes before every use.
class UnboxedCreations {
 public:
  UnboxedCreations(const flowgraph::Program& program, const flowgraph::Graph& graph);

  // Nothing when something stands in the way. Only for results of `new` of Unboxed classes.
  std::optional<UnboxedCreation> Of(ValueId object) const;
  const std::vector<ValueId>& objects() const { return objects_; }
  // The result of `new` that a value is, perhaps at a base class; invalid for other values.
  ValueId ObjectOf(ValueId value) const;

 private:
  const flowgraph::Graph& graph_;
  std::vector<ValueId> objects_;
  absl::flat_hash_map<ValueId, ValueId> object_of_;
  absl::flat_hash_map<ValueId, UnboxedCreation> creations_;
};

}  // namespace weft::rtyper

#endif  // WEFT_RTYPER_UNBOXED_H_
