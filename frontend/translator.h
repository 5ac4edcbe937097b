#ifndef WEFT_FRONTEND_TRANSLATOR_H_
#define WEFT_FRONTEND_TRANSLATOR_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "common/diagnostic.h"
#include "flowgraph/program.h"
#include "frontend/clang_headers.h"
#include "frontend/frontend.h"
#include "frontend/sources.h"

// What all functions of a translation share: which entity of the program stands for which Clang
// declaration, and what is still to be translated. FunctionBuilder does the bodies.
namespace weft::frontend {

// A place in the source, as Clang names it.
struct Site {
  const Unit* unit = nullptr;
  clang::SourceLocation loc;
};

// What a class of the source is to the program.
struct RecordInfo {
  enum class Kind : uint8_t { kStr, kArray, kObject, kValue };
  Kind kind = Kind::kValue;
  // The definition that was seen first.
  const clang::CXXRecordDecl* decl = nullptr;
  // Object: of a reference to it. Otherwise of the value itself.
  TypeId type;
  ClassId cls;
  ValueClassId value_class;
  // Value classes: methods take their object by value and not by place. So it is with handles,
  // with lambdas that are not mutable and with classes without fields.
  bool this_by_value = false;
  // A value class that names places: a lambda that captures by reference.
  bool holds_places = false;
  // A scope guard, or a value with one inside.
  bool has_destructor = false;
  // Fields and bases have been looked at.
  bool is_complete = false;

  bool is_object() const { return kind == Kind::kObject; }
  bool is_value() const { return kind == Kind::kValue; }
};

class Translator {
 public:
  Translator(const FrontendOptions& options, DiagnosticEngine& diagnostics,
             flowgraph::Program& program, std::vector<std::unique_ptr<Unit>>& units);

  // Translates everything that the entry needs.
  void Run();

  flowgraph::Program& program() { return program_; }
  TypeTable& types() { return program_.types; }
  DiagnosticEngine& diagnostics() { return diagnostics_; }

  // --- diagnostics.cc
  SourceLoc Loc(Site site);
  const Unit* UnitOf(const clang::Decl* decl);
  Site SiteOf(const clang::Decl* decl) { return {UnitOf(decl), decl->getLocation()}; }
  // Whether the place is in a header of the system, the standard library's for instance.
  bool IsInSystemHeader(Site site);
  template <DiagnosticKind kKind, typename... Args>
  Diagnostic& Report(Site site, DiagnosticTag<kKind> tag, const Args&... args) {
    return Finish(site, diagnostics_.Report(Loc(site), tag, args...));
  }

  // --- types.cc
  // The type of a value, a parameter or a result. Anything that the language does not have is
  // reported, and gives i32 so that translation can go on.
  TypeId Type(clang::QualType type, Site site);
  // The same for the pointee of `this`, of a lambda that captures it or of a method's object: a
  // value class gives a place.
  TypeId ThisType(const clang::CXXRecordDecl* record, Site site);
  // A class, its fields included.
  RecordInfo& Record(const clang::CXXRecordDecl* decl, Site site);
  // The class of an expression or a variable, null if its type is none.
  RecordInfo* RecordOf(clang::QualType type, Site site);
  bool IsObjectClass(const clang::CXXRecordDecl* decl);
  bool HoldsPlaces(TypeId type);
  TypeId NullptrType();
  std::string Print(clang::QualType type);

  // --- classes.cc
  // The place of a field in its class: the index of an object's own field, or the step into a
  // value. A value's base class is its field 0.
  uint32_t FieldStep(const clang::FieldDecl* field);
  MethodId Method(const clang::CXXMethodDecl* method, Site site);
  // The method that introduces a virtual one.
  static const clang::CXXMethodDecl* RootMethod(const clang::CXXMethodDecl* method);
  // An object of this class is made somewhere: its virtual methods are part of the program.
  void Instantiate(const clang::CXXRecordDecl* decl);

  // --- functions.cc
  FunctionId Function(const clang::FunctionDecl* function, Site use);
  // The destructor of a value class: its body, then the fields' and the base's destructors.
  FunctionId Destructor(const clang::CXXRecordDecl* record, Site use);
  // The function that calls a lambda without captures through a pointer.
  FunctionId Invoker(const clang::CXXMethodDecl* call_operator, Site use);
  ExternalId External(const clang::FunctionDecl* function, std::string_view symbol, Site use);
  TypeId FunctionType(const clang::FunctionDecl* function, Site site);
  std::string NameOf(const clang::NamedDecl* decl);

  // --- globals.cc
  GlobalId Global(const clang::VarDecl* variable, Site use);

  // --- annotations: the arguments of [[clang::annotate("weft.NAME", ARGUMENT)]].
  static bool HasAnnotation(const clang::Decl* decl, std::string_view name);
  static std::optional<std::string> AnnotationArgument(const clang::Decl* decl,
                                                       std::string_view name);

  static std::vector<std::string> AnnotationArguments(const clang::Decl* decl,
                                                      std::string_view name);

  // --- host.cc
  // What stands for a function, or a class, on the host of the chosen backend; nothing if it is the
  // program's own there.
  std::optional<std::string> HostText(const clang::FunctionDecl* function);
  bool IsHostClass(const clang::CXXRecordDecl* record);
  // The external of a function for which `text` stands.
  ExternalId HostExternal(const clang::FunctionDecl* function, const std::string& text, Site use);

  ClassId exception_class() const { return program_.known.exception; }
  const clang::CXXRecordDecl* exception_record() const { return exception_record_; }

 private:
  friend class GlobalOrder;

  enum class JobKind : uint8_t { kFunction, kDestructor, kInvoker, kInitializer };
  struct Job {
    JobKind kind = JobKind::kFunction;
    FunctionId function;
    // What the name of the function was made from.
    const clang::Decl* decl = nullptr;
    GlobalId global;
  };
  struct GlobalJob {
    const clang::VarDecl* variable = nullptr;
    GlobalId global;
    FunctionId initializer;
  };

  Diagnostic& Finish(Site site, Diagnostic& diagnostic);

  // translator.cc
  void IndexUnit(const Unit& unit, const clang::DeclContext* context);
  void IndexFunction(const Unit& unit, const clang::FunctionDecl* function);
  void IndexVariable(const Unit& unit, const clang::VarDecl* variable);
  void FindKnownClasses();
  void RunJobs();
  void RunJob(const Job& job);
  void NameFunctions();

  // types.cc
  TypeId ConvertType(clang::QualType type, Site site);
  TypeId ConvertPointer(clang::QualType pointee, Site site);
  void CompleteRecord(RecordInfo& info, Site site);
  void CompleteValue(RecordInfo& info);
  void CompleteObject(RecordInfo& info);
  void CheckRecord(const RecordInfo& info);
  void CheckSameRecord(const RecordInfo& info, const clang::CXXRecordDecl* other);
  bool IsStandardContainer(const clang::CXXRecordDecl* decl);
  std::string RecordKey(const clang::CXXRecordDecl* decl);
  // Has Clang instantiate a class template that its unit only named.
  void CompleteTemplate(const clang::CXXRecordDecl* decl);
  // The definition of a class, in whichever unit it stands; null if no unit has one.
  const clang::CXXRecordDecl* DefinitionOf(const clang::CXXRecordDecl* decl);
  const clang::CXXRecordDecl* ElementOfArray(const clang::CXXRecordDecl* decl);

  // functions.cc
  std::string FunctionKey(const clang::FunctionDecl* function);
  std::string Mangle(clang::GlobalDecl decl);
  FunctionId AddFunction(Job job, TypeId type, std::string name);
  bool MakesUnboxed(const clang::CXXConstructorDecl* constructor);
  void FillFunction(const clang::FunctionDecl* function, FunctionId id);
  TypeId ResultType(const clang::FunctionDecl* function, Site site);

  // host.cc
  std::optional<std::string> HostText(const clang::Decl* decl, std::string_view name);
  void CompleteHostClass(const RecordInfo& info, std::string_view text);
  bool CrossesToHost(TypeId type);
  // Whether the body of a function is what it does elsewhere: the host has it, or its class.
  bool IsForOtherBackends(const clang::FunctionDecl* function);
  void AddExports();

  // globals.cc
  const clang::VarDecl* DefinitionOf(const clang::VarDecl* variable, Site use);
  bool InitializeConstant(const clang::VarDecl* variable, GlobalId id);
  void MakeTable(const clang::VarDecl* variable, GlobalId id);
  bool FlattenConstant(const clang::APValue& value, clang::QualType type, Site site,
                       std::vector<flowgraph::Constant>& items, std::vector<TypeId>* types);
  bool FlattenInitializer(const clang::Expr* init, clang::QualType type, Site site,
                          std::vector<flowgraph::Constant>& items, std::vector<TypeId>* types);
  void AddEagerGlobals();
  void MakeInitializer();

  const FrontendOptions& options_;
  DiagnosticEngine& diagnostics_;
  flowgraph::Program& program_;
  std::vector<std::unique_ptr<Unit>>& units_;

  absl::flat_hash_map<const clang::ASTContext*, const Unit*> unit_of_context_;
  absl::flat_hash_map<std::pair<const Unit*, unsigned>, FileId> file_ids_;

  absl::flat_hash_map<const clang::Type*, TypeId> type_cache_;
  std::deque<RecordInfo> records_;
  absl::flat_hash_map<const clang::CXXRecordDecl*, RecordInfo*> record_cache_;
  absl::flat_hash_map<std::string, RecordInfo*> record_by_key_;
  absl::flat_hash_map<std::string, const clang::CXXRecordDecl*> record_definitions_;
  absl::flat_hash_map<const clang::CXXRecordDecl*, bool> object_class_cache_;
  // By ClassId.
  std::vector<RecordInfo*> object_records_;
  std::vector<bool> instantiated_;
  // By ValueClassId.
  std::vector<bool> value_holds_places_;
  TypeId nullptr_type_;

  absl::flat_hash_map<const clang::CXXMethodDecl*, MethodId> method_cache_;
  absl::flat_hash_map<std::string, MethodId> method_by_key_;

  absl::flat_hash_map<const clang::FunctionDecl*, FunctionId> function_cache_;
  absl::flat_hash_map<std::string, FunctionId> function_by_key_;
  absl::flat_hash_map<std::string, const clang::FunctionDecl*> function_definitions_;
  absl::flat_hash_map<const clang::Decl*, FunctionId> destructors_;
  absl::flat_hash_map<const clang::Decl*, FunctionId> invokers_;
  absl::flat_hash_map<std::string, ExternalId> externals_;
  // By FunctionId.
  std::vector<Job> jobs_;
  size_t next_job_ = 0;
  // For check_everything.
  std::vector<std::pair<const Unit*, const clang::FunctionDecl*>> user_functions_;
  std::vector<std::pair<const Unit*, const clang::CXXRecordDecl*>> user_records_;

  absl::flat_hash_map<const clang::VarDecl*, GlobalId> global_cache_;
  absl::flat_hash_map<std::string, GlobalId> global_by_key_;
  absl::flat_hash_map<std::string, const clang::VarDecl*> variable_definitions_;
  std::vector<GlobalJob> global_jobs_;
  std::vector<const clang::VarDecl*> eager_variables_;
  // Position of a variable's definition in its unit.
  absl::flat_hash_map<const clang::VarDecl*, uint32_t> variable_order_;

  // weft::Object::finalize.
  MethodId finalize_;
  const clang::FunctionDecl* entry_ = nullptr;
  // Makes weft::HostError objects.
  const clang::FunctionDecl* host_error_ = nullptr;
  std::vector<const clang::FunctionDecl*> exported_;
  absl::flat_hash_map<std::string, const clang::FunctionDecl*> export_names_;
  const clang::CXXRecordDecl* object_record_ = nullptr;
  const clang::CXXRecordDecl* exception_record_ = nullptr;
  const clang::CXXRecordDecl* weak_record_ = nullptr;
  const clang::VarDecl* memory_error_ = nullptr;
  const clang::VarDecl* stack_overflow_ = nullptr;
};

}  // namespace weft::frontend

#endif  // WEFT_FRONTEND_TRANSLATOR_H_
