#include "backend_jvm/backend_jvm.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "backend_common/frozen_image.h"
#include "backend_common/place_names.h"
#include "backend_common/reachability.h"
#include "backend_jvm/classes.h"
#include "backend_jvm/first_classes.h"
#include "backend_jvm/host.h"
#include "backend_jvm/interpreter_loop.h"
#include "backend_jvm/listing.h"
#include "backend_jvm/method_writer.h"
#include "backend_jvm/types.h"
#include "common/check.h"

namespace weft::backend_jvm {

using flowgraph::FunctionInfo;
using flowgraph::Program;

namespace {

// Some 12 KB of code. The JVM reads and verifies a class as a whole when it first needs some of it,
// before the program has run for long: an empty script takes 1 ms less than with a class for each
// file. And an operation names one thing, which takes up to six of a class's 65,534 constants.
constexpr size_t kOperationsInClass = 1200;

size_t CountOperations(const FunctionInfo& function) {
  size_t count = 4;
  for (const flowgraph::Block& block : function.graph.blocks()) {
    // Constants that links carry have entries, too.
    count += block.ops.size() + 1;
    for (const flowgraph::Link& link : block.exit.links) count += link.args.size() / 2;
  }
  return count;
}

class Generator {
 public:
  Generator(const Program& program, bool with_listing)
      : program_(program),
        types_(program),
        names_(program),
        reachable_(backend_common::FindReachable(program)),
        with_listing_(with_listing) {}

  Artefact Run() {
    image_ = backend_common::MakeFrozenImage(program_, reachable_);
    needs_.code_sizes.resize(program_.functions.size());
    Functions();
    Loops();
    for (const LoopInfo& loop : needs_.loops) Add(WriteLoopFrame(loop));
    ClassFile program = WriteProgramClass(types_, image_, needs_);
    AddExports(types_, program);
    Add(std::move(program));
    if (!needs_.externals.empty()) {
      std::vector<ExternalId> externals;
      for (uint32_t id : needs_.externals) externals.emplace_back(id);
      Add(WriteHostClass(types_, externals));
    }
    Add(WriteBytesClass(kImageClass, image_.bytes));
    Add(WriteBytesClass(kLinesClass, places_.Text()));
    Globals();
    Tables();
    Objects();
    // Classes name each other, so each of these may ask for more.
    size_t containers = 0;
    size_t functions = 0;
    while (containers < types_.used_containers.size() ||
           functions < types_.used_function_types.size()) {
      if (containers < types_.used_containers.size()) {
        Add(WriteContainerClass(types_, types_.used_containers[containers++], needs_, reachable_));
      } else {
        Add(WriteFunctionClass(types_, types_.used_function_types[functions++]));
      }
    }
    artefact_.first_classes = FirstClasses(types_, image_, needs_);
    if (needs_.makes_root_objects) Add(WritePlainRoot(types_));
    for (auto& [path, bytes] : files_) artefact_.classes.push_back({path, std::move(bytes)});
    for (auto& [path, text] : listings_) artefact_.listing += text + "\n";
    for (uint32_t external : types_.missing_externals) {
      artefact_.missing.push_back(ExternalId(external));
    }
    artefact_.uses_host = !needs_.externals.empty() ||
                          std::any_of(program_.functions.begin(), program_.functions.end(),
                                      [](const auto& function) { return function->is_exported(); });
    artefact_.code_sizes = std::move(needs_.code_sizes);
    return std::move(artefact_);
  }

 private:
  void Add(ClassFile file) {
    std::string path = file.name + ".class";
    WEFT_CHECK(!files_.contains(path), "two classes are called {}", file.name);
    files_[path] = file.Serialize();
    if (with_listing_) listings_[path] = Listing(file);
  }

  // Classes for each source file, its functions in the order of the source.
  void Functions() {
    std::map<std::string, std::vector<FunctionId>> by_class;
    for (uint32_t i = 0; i < program_.functions.size(); ++i) {
      if (!reachable_.functions[i]) continue;
      by_class[types_.CodeClass(program_.functions[i]->loc.file)].push_back(FunctionId(i));
    }
    for (auto& [name, functions] : by_class) {
      std::sort(functions.begin(), functions.end(), [&](FunctionId a, FunctionId b) {
        const FunctionInfo& first = program_.function(a);
        const FunctionInfo& second = program_.function(b);
        return std::tie(first.loc.line, first.loc.column, first.name) <
               std::tie(second.loc.line, second.loc.column, second.name);
      });
    }
    // Where each function stands has to be known before the first call is written.
    std::map<std::string, std::vector<FunctionId>> parts;
    for (auto& [name, functions] : by_class) {
      std::string owner = name;
      size_t operations = 0;
      for (FunctionId id : functions) {
        size_t size = CountOperations(program_.function(id));
        if (operations > 0 && operations + size > kOperationsInClass) {
          owner = types_.NextCodeClass(program_.function(id).loc.file);
          operations = 0;
        }
        operations += size;
        types_.PlaceFunction(id, owner);
        parts[owner].push_back(id);
      }
    }
    for (auto& [name, functions] : parts) {
      ClassFile file;
      file.name = name;
      file.source_file = SourcePath(types_, program_.function(functions[0]).loc.file);
      for (FunctionId id : functions) {
        file.methods.push_back(WriteMethod(types_, names_, id, file.pool, places_, needs_));
      }
      Add(std::move(file));
    }
  }

  // The constants of interpreter loops, and what runs where they do not hold.
  void Loops() {
    for (const auto& [id, constants] : needs_.loop_constants) {
      Add(constants.WriteClass());
      FunctionId function(id);
      ClassFile file;
      file.name = constants.others_class();
      file.source_file = SourcePath(types_, program_.function(function).loc.file);
      file.methods.push_back(
          WriteLoopOfOthers(types_, names_, function, file.pool, places_, needs_));
      Add(std::move(file));
    }
  }

  void Globals() {
    if (!types_.used_globals.empty()) Add(WriteGlobals(types_, image_));
  }

  void Tables() {
    std::map<uint32_t, std::vector<uint32_t>> by_global;
    for (auto [global, field] : types_.used_tables) by_global[global.index].push_back(field);
    for (auto& [global, fields] : by_global) {
      std::sort(fields.begin(), fields.end());
      Add(WriteTableClass(types_, GlobalId(global), fields));
    }
  }

  void Objects() {
    std::map<uint32_t, std::vector<FrozenId>> by_class;
    for (FrozenId id : types_.used_frozen) by_class[id.index / kFrozenInClass].push_back(id);
    for (auto& [number, objects] : by_class) {
      std::sort(objects.begin(), objects.end(),
                [](FrozenId a, FrozenId b) { return a.index < b.index; });
      Add(WriteHeapClass(types_, number, objects, image_));
    }
  }

  const Program& program_;
  Types types_;
  backend_common::PlaceNames names_;
  backend_common::Reachable reachable_;
  backend_common::FrozenImage image_;
  PlaceTable places_;
  Needs needs_;
  bool with_listing_;
  std::map<std::string, std::string> files_;
  std::map<std::string, std::string> listings_;
  Artefact artefact_;
};

}  // namespace

Artefact GenerateClasses(const Program& program, bool with_listing) {
  WEFT_CHECK(program.type_system == flowgraph::TypeSystem::kOotype,
             "the JVM backend takes programs of type system ootype");
  return Generator(program, with_listing).Run();
}

JarEntry StartClass() {
  ClassFile file = WriteStartClass();
  return {file.name + ".class", file.Serialize()};
}

std::string Manifest(std::string_view main_class) {
  return fmt::format("Manifest-Version: 1.0\r\nCreated-By: Weft\r\nMain-Class: {}\r\n\r\n",
                     main_class);
}

}  // namespace weft::backend_jvm
