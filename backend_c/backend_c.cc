#include "backend_c/backend_c.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include "backend_c/c_types.h"
#include "backend_c/data.h"
#include "backend_c/function_emitter.h"
#include "backend_c/literals.h"
#include "backend_c/makefile.h"
#include "backend_c/names.h"
#include "backend_c/shard_uses.h"
#include "backend_common/reachability.h"
#include "common/file.h"

namespace weft::backend_c {

using flowgraph::FunctionInfo;
using flowgraph::Program;

namespace {

// The source file of a function, as it was named, without what makes no difference.
std::string SourceOf(const CTypes& types, const FunctionInfo& function) {
  if (!function.loc.file.is_valid()) return "weft";
  std::string path = types.SourcePath(function.loc.file);
  while (path.substr(0, 2) == "./") path = path.substr(2);
  while (!path.empty() && path[0] == '/') path = path.substr(1);
  return path;
}

// "interpreter_spec/lox/vm.cc" is the shard "interpreter_spec_lox_vm_cc". Two files that would meet
// in one name get a hash of their own; shards without functions have names that no file gives.
std::string ShardName(const std::string& source) {
  std::string name;
  bool plain = true;
  for (char c : source) {
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    plain = plain && (is_letter || c == '/' || c == '.' || c == '_');
    name += is_letter ? c : '_';
  }
  if (name == "data" || name == "program" || name == "all") plain = false;
  return plain ? name : fmt::format("{}_{}", name, ShortHash(source));
}

struct Shard {
  std::string source;
  std::vector<FunctionId> functions;
};

// The shards by name; functions in the order of their source.
std::map<std::string, Shard> MakeShards(const CTypes& types, const Reachable& reachable) {
  const Program& program = types.program();
  std::map<std::string, Shard> shards;
  // The first source of each name; a later one of the same name is told apart.
  std::map<std::string, std::string> names;
  std::set<std::string> taken;
  std::set<std::string> sources;
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    if (reachable.functions[i]) sources.insert(SourceOf(types, *program.functions[i]));
  }
  for (const std::string& source : sources) {
    std::string name = ShardName(source);
    if (!taken.insert(name).second) name = fmt::format("{}_{}", name, ShortHash(source));
    names[source] = name;
  }
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    if (!reachable.functions[i]) continue;
    std::string source = SourceOf(types, *program.functions[i]);
    Shard& shard = shards[names[source]];
    shard.source = source;
    shard.functions.push_back(FunctionId(i));
  }
  for (auto& [name, shard] : shards) {
    std::sort(shard.functions.begin(), shard.functions.end(), [&](FunctionId a, FunctionId b) {
      const FunctionInfo& first = program.function(a);
      const FunctionInfo& second = program.function(b);
      return std::tie(first.loc.line, first.loc.column, first.name) <
             std::tie(second.loc.line, second.loc.column, second.name);
    });
  }
  return shards;
}

std::string EmitShard(const CTypes& types, const std::string& name, const Shard& shard,
                      const ArtefactOptions& options) {
  ShardUses uses(types, name);
  std::string functions;
  for (FunctionId id : shard.functions) {
    functions += EmitFunction(
        types, id, {.line_directives = options.line_directives, .dispatch = options.dispatch},
        &uses);
  }
  std::string text = fmt::format("// From {}.\n\n", CommentText(shard.source));
  return text + uses.Declarations() + functions + "\nWEFT_END_C\n";
}

// The headers of all structs that there are, whether a shard includes them or not: what an edit
// makes superfluous does no harm.
void AddTypeHeaders(const CTypes& types, std::vector<ArtefactFile>* files) {
  const Program& program = types.program();
  for (uint32_t i = 0; i < program.containers.size(); ++i) {
    ContainerId id(i);
    files->push_back(
        {fmt::format("types/{}.h", types.names().Container(id)), types.ContainerHeader(id)});
  }
  std::map<std::string, std::string> tuples;
  for (uint32_t i = 0; i < program.types.size(); ++i) {
    // The first ids stand for the kinds themselves.
    if (program.types.Kind(TypeId(i)) != TypeKind::kTuple) continue;
    if (!program.types.Get(TypeId(i)).list.is_valid()) continue;
    bool is_low = true;
    for (TypeId element : program.types.List(TypeId(i))) {
      TypeKind kind = program.types.Kind(element);
      is_low = is_low && (IsInt(kind) || IsFloat(kind) || kind == TypeKind::kPtr ||
                          kind == TypeKind::kFunction);
    }
    if (is_low) tuples[types.TupleTag(TypeId(i))] = types.TupleHeader(TypeId(i));
  }
  for (auto& [tag, text] : tuples) files->push_back({fmt::format("types/{}.h", tag), text});
}

ErrorOr<Success> WriteIfChanged(const std::string& path, const std::string& text) {
  ErrorOr<std::string> old = ReadFile(path);
  if (old.ok() && *old == text) return Success();
  ErrorOr<Success> written = WriteFile(path, text);
  if (written.ok()) return Success();
  return MakeError("cannot write '{}': {}", path, written.error().message());
}

ErrorOr<Success> MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return MakeError("cannot make the folder '{}': {}", path, error.message());
  return Success();
}

}  // namespace

std::vector<ArtefactFile> GenerateFiles(const Program& program, const ArtefactOptions& options) {
  WEFT_CHECK(program.stage == flowgraph::Stage::kWoven, "the C backend takes woven programs");
  Names names(program);
  CTypes types(program, names, options.root);
  Reachable reachable = backend_common::FindReachable(program);
  std::vector<ArtefactFile> files;
  std::vector<std::string> shards;
  for (const auto& [name, shard] : MakeShards(types, reachable)) {
    files.push_back({name + ".c", EmitShard(types, name, shard, options)});
    shards.push_back(name);
  }
  files.push_back({"data.c", EmitData(types, reachable)});
  files.push_back({"program.c", EmitProgramTables(types, reachable)});
  shards.push_back("data");
  shards.push_back("program");
  files.push_back({"settings.h", EmitSettings(options, program.boxing.scheme)});
  files.push_back({"type_ids.h", EmitTypeIds(types, reachable)});
  AddTypeHeaders(types, &files);
  files.push_back({"all.c", EmitUnit(shards)});
  files.push_back({"Makefile", EmitMakefile(options, program.boxing.scheme, shards)});
  return files;
}

ErrorOr<Success> WriteArtefact(const Program& program, const ArtefactOptions& options) {
  std::vector<ArtefactFile> files = GenerateFiles(program, options);
  for (const std::string& path : RuntimeFiles(options.gc)) {
    ErrorOr<std::string> text = ReadFile(fmt::format("{}/{}", options.root, path));
    if (!text.ok()) {
      return MakeError("cannot read '{}/{}': {}", options.root, path, text.error().message());
    }
    files.push_back({path, *std::move(text)});
  }
  std::set<std::string> folders;
  for (const ArtefactFile& file : files) {
    size_t slash = file.path.rfind('/');
    if (slash != std::string::npos) folders.insert(file.path.substr(0, slash));
  }
  for (const std::string& folder : folders) {
    WEFT_RETURN_IF_ERROR(MakeFolder(fmt::format("{}/{}", options.folder, folder)));
  }
  for (const ArtefactFile& file : files) {
    WEFT_RETURN_IF_ERROR(
        WriteIfChanged(fmt::format("{}/{}", options.folder, file.path), file.text));
  }
  return Success();
}

}  // namespace weft::backend_c
