#include "backend_cli/backend_cli.h"

#include <fmt/format.h>

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "backend_cli/class_writer.h"
#include "backend_cli/cli_types.h"
#include "backend_cli/frozen_heap.h"
#include "backend_cli/host.h"
#include "backend_cli/il_code.h"
#include "backend_cli/method_emitter.h"
#include "backend_cli/places.h"
#include "backend_common/reachability.h"
#include "common/check.h"
#include "common/file.h"
#include "flowgraph/analysis.h"

namespace weft::backend_cli {

using backend_common::Reachable;
using flowgraph::Program;

namespace {

class ProgramWriter {
 public:
  ProgramWriter(const Program& program, const CliOptions& options)
      : program_(program),
        options_(options),
        types_(program),
        reachable_(backend_common::FindReachable(program)),
        places_(program, options.root),
        heap_(types_, reachable_) {
    types_.SetStringNumbers(heap_.StringNumbers());
  }

  CliArtefact Run(const std::string& runtime) {
    std::string code = Code();
    heap_.NoteUses(&uses_);
    CliArtefact artefact;
    artefact.il = Assembly() + ExternAssemblies(types_, runtime) + runtime +
                  EmitClasses(types_, reachable_, uses_) + code +
                  EmitHostMembers(types_, uses_.externals) + EmitExports(types_) + Entry();
    artefact.places = places_.Resource();
    return artefact;
  }

 private:
  std::string Assembly() const {
    std::string name = Quoted(options_.name);
    return fmt::format(
        ".assembly extern mscorlib {{ .publickeytoken = (b7 7a 5c 56 19 34 e0 89) .ver 4:0:0:0 }}\n"
        ".assembly {} {{ .ver 1:0:0:0 }}\n.module {}\n.mresource public places {{}}\n",
        name, name);
  }

  // The functions, in one class.
  std::string Code() {
    flowgraph::CallGraph calls(program_);
    std::string text =
        ".class private auto ansi sealed abstract beforefieldinit code extends "
        "[mscorlib]System.Object {\n";
    for (uint32_t i = 0; i < program_.functions.size(); ++i) {
      if (!reachable_.functions[i]) continue;
      FunctionId id(i);
      text += EmitMethod(types_, id, calls.IsRecursive(id), &places_, &uses_);
    }
    return text + "}\n";
  }

  // The class through which the run time knows the program.
  std::string Entry() {
    std::string text =
        ".class private auto ansi sealed beforefieldinit program extends Weft.Program {\n"
        ".method assembly hidebysig specialname rtspecialname instance void .ctor() cil managed "
        "{\nldarg.0\ncall instance void Weft.Program::.ctor()\nret\n}\n"
        ".method public hidebysig static int32 Main(string[]) cil managed {\n.entrypoint\n"
        "newobj instance void program::.ctor()\nldarg.0\n"
        "call int32 Weft.Startup::Main(class Weft.Program, string[])\nret\n}\n";
    std::string body = EntryBody();
    text += Method("int32 Entry(class Weft.Str[])", body, EntryLocals());
    text += Method("string Name()", fmt::format("ldstr \"{}.exe\"\nret\n", options_.name));
    text += Method("class [mscorlib]System.Exception MemoryError()",
                   Prebuilt(program_.memory_error, "System.OutOfMemoryException"));
    text += Method(
        "class [mscorlib]System.Exception StackOverflowError()",
        Prebuilt(program_.stack_overflow_error, "System.InsufficientExecutionStackException"));
    text += Method("bool IsOwn(class [mscorlib]System.Exception)", IsOwnBody());
    text += Method("class Weft.Str Message(class [mscorlib]System.Exception)", MessageBody());
    text += Method("void RunFinalizer(object)", FinalizerBody());
    return text + heap_.Methods(uses_) + "}\n";
  }

  static std::string Method(std::string_view signature, const std::string& body,
                            std::string_view locals = "") {
    return fmt::format(".method public hidebysig virtual instance {} cil managed {{\n{}{}}}\n",
                       signature, locals.empty() ? "" : fmt::format(".locals init ({})\n", locals),
                       body);
  }

  std::string EntryLocals() const {
    auto parameters = program_.types.List(program_.function(program_.entry).type);
    if (parameters.empty()) return "";
    return "int32, " + types_.Reference(program_.types.Container(parameters[0]));
  }

  std::string EntryBody() {
    const flowgraph::FunctionInfo& entry = program_.function(program_.entry);
    auto parameters = program_.types.List(entry.type);
    IlCode code;
    if (!parameters.empty()) {
      // The arguments as the program's own array of strings.
      ContainerId array = program_.types.Container(parameters[0]);
      std::string item = types_.Item(array);
      code.LoadArgument(1);
      code.Op("ldlen");
      code.Op("conv.i4");
      code.Op("newarr", item);
      code.StoreLocal(1);
      code.Branch("br", 1);
      code.Place(0);
      code.LoadLocal(1);
      code.LoadLocal(0);
      code.Op("ldelema", item);
      code.LoadArgument(1);
      code.LoadLocal(0);
      code.Op("ldelem.ref");
      code.Op("stfld", types_.ItemField(array, 0));
      code.LoadLocal(0);
      code.Int32(1);
      code.Op("add");
      code.StoreLocal(0);
      code.Place(1);
      code.LoadLocal(0);
      code.LoadArgument(1);
      code.Op("ldlen");
      code.Op("conv.i4");
      code.Branch("blt", 0);
      code.LoadLocal(1);
    }
    code.Op("call", types_.Function(program_.entry));
    if (program_.types.Kind(program_.types.Element(entry.type)) == TypeKind::kVoid) code.Int32(0);
    code.Op("ret");
    return code.text();
  }

  std::string Prebuilt(GlobalId id, std::string_view otherwise) {
    if (id.is_valid() && reachable_.globals[id.index]) {
      return fmt::format("ldsfld {}\nret\n", types_.Global(id));
    }
    return fmt::format("newobj instance void [mscorlib]{}::.ctor()\nret\n", otherwise);
  }

  // weft::Exception; invalid in a program without it.
  ContainerId ExceptionClass() const {
    ClassId exception = program_.known.exception;
    return exception.is_valid() ? program_.cls(exception).container : ContainerId();
  }

  std::string IsOwnBody() const {
    ContainerId id = ExceptionClass();
    if (!id.is_valid()) return "ldc.i4.0\nret\n";
    return fmt::format("ldarg.1\nisinst {}\nldnull\ncgt.un\nret\n", types_.Class(id));
  }

  std::string MessageBody() const {
    ContainerId id = ExceptionClass();
    if (!id.is_valid()) return "ldnull\nret\n";
    const auto& fields = program_.containers.Get(id).fields;
    for (uint32_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name != "message") continue;
      return fmt::format("ldarg.1\ncastclass {}\nldfld {}\nret\n", types_.Class(id),
                         types_.Field(id, i));
    }
    return "ldnull\nret\n";
  }

  // Derived classes stand behind their bases, so they are asked first.
  std::string FinalizerBody() {
    std::string text;
    for (uint32_t i = static_cast<uint32_t>(program_.containers.size()); i-- > 0;) {
      ContainerId id(i);
      const lltype::Container& container = program_.containers.Get(id);
      if (!container.has_finalizer || !types_.HasClass(id)) continue;
      FunctionId finalizer = program_.cls(container.cls).finalizer;
      if (!finalizer.is_valid() || !reachable_.functions[finalizer.index]) continue;
      ContainerId self =
          program_.types.Container(program_.types.List(program_.function(finalizer).type)[0]);
      text += fmt::format(
          "ldarg.1\nisinst {}\nbrfalse N{}\nldarg.1\ncastclass {}\ncall {}\nret\nN{}:\n",
          types_.Class(id), i, types_.Class(self), types_.Function(finalizer), i);
    }
    return text + "ret\n";
  }

  const Program& program_;
  const CliOptions& options_;
  CliTypes types_;
  Reachable reachable_;
  PlaceTable places_;
  FrozenHeap heap_;
  MethodUses uses_;
};

}  // namespace

ErrorOr<CliArtefact> Generate(const Program& program, const CliOptions& options) {
  WEFT_CHECK(program.stage == flowgraph::Stage::kRtyped &&
                 program.type_system == flowgraph::TypeSystem::kOotype,
             "the CLI backend takes rtyped programs of ootype");
  std::string path = fmt::format("{}/backend_cli/runtime/runtime.il", options.root);
  ErrorOr<std::string> runtime = ReadFile(path);
  if (!runtime.ok()) return MakeError("cannot read '{}': {}", path, runtime.error().message());
  return ProgramWriter(program, options).Run(*runtime);
}

std::vector<ExternalId> MissingExternals(const Program& program) {
  std::set<uint32_t> missing;
  Reachable reachable = backend_common::FindReachable(program);
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    if (!reachable.functions[i]) continue;
    for (const flowgraph::Block& block : program.functions[i]->graph.blocks()) {
      for (const flowgraph::Operation& op : block.ops) {
        if (op.opcode != flowgraph::Opcode::kCallExternal) continue;
        const flowgraph::ExternalInfo& external = program.external(ExternalId(op.imm));
        if (external.host.is_valid() || ExternalOwner(external.symbol) != nullptr) continue;
        missing.insert(op.imm);
      }
    }
  }
  std::vector<ExternalId> ids;
  for (uint32_t id : missing) ids.push_back(ExternalId(id));
  return ids;
}

}  // namespace weft::backend_cli
