// Classes and functions of the host, and functions that the host may call. The text of a
// declaration is "HOST:WHAT", one for each host; only that of the chosen backend counts.
#include <algorithm>

#include "frontend/translator.h"

namespace weft::frontend {

using flowgraph::HostMember;
using flowgraph::HostMemberKind;

namespace {

// Cuts a text at spaces, or at commas, that stand outside angle brackets.
std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::string part;
  int depth = 0;
  auto finish = [&] {
    size_t first = part.find_first_not_of(' ');
    if (first != std::string::npos) {
      parts.push_back(part.substr(first, part.find_last_not_of(' ') - first + 1));
    }
    part.clear();
  };
  for (char c : text) {
    if (c == '<') ++depth;
    if (c == '>') --depth;
    if (c == separator && depth == 0) {
      finish();
    } else {
      part += c;
    }
  }
  finish();
  return parts;
}

// "[static|virtual|interface|new] [RESULT] [NAME] [(TYPE, ...)]". Gives what is wrong with it.
std::string ParseMember(std::string_view text, HostMember& member) {
  size_t open = text.find('(');
  if (open != std::string_view::npos) {
    if (!text.ends_with(')')) return "the parameters do not end in ')'";
    member.has_parameters = true;
    member.parameters = Split(text.substr(open + 1, text.size() - open - 2), ',');
    text = text.substr(0, open);
  }
  std::vector<std::string> words = Split(text, ' ');
  constexpr std::pair<std::string_view, HostMemberKind> kKinds[] = {
      {"static", HostMemberKind::kStatic},
      {"virtual", HostMemberKind::kVirtual},
      {"interface", HostMemberKind::kInterface},
      {"new", HostMemberKind::kConstructor},
  };
  for (const auto& [word, kind] : kKinds) {
    if (words.empty() || words[0] != word) continue;
    member.kind = kind;
    words.erase(words.begin());
  }
  if (member.kind == HostMemberKind::kConstructor) {
    if (words.size() > 1) return "'new' takes a class and its parameters";
    if (!words.empty()) member.owner = words[0];
    return "";
  }
  if (words.empty() || words.size() > 2)
    return "it needs the form '[KIND] [RESULT] NAME [(TYPES)]'";
  if (words.size() == 2) member.result = words[0];
  std::string name = words.back();
  size_t dot = name.rfind('.');
  if (dot != std::string::npos) member.owner = name.substr(0, dot);
  member.name = dot == std::string::npos ? name : name.substr(dot + 1);
  return member.name.empty() ? "it names no member" : "";
}

}  // namespace

std::optional<std::string> Translator::HostText(const clang::Decl* decl, std::string_view name) {
  if (options_.host.empty()) return std::nullopt;
  for (const std::string& argument : AnnotationArguments(decl, name)) {
    if (argument.starts_with(options_.host + ":")) return argument.substr(options_.host.size() + 1);
  }
  return std::nullopt;
}

std::optional<std::string> Translator::HostText(const clang::FunctionDecl* function) {
  // The annotation may stand at any declaration of the function.
  for (const clang::FunctionDecl* other : function->redecls()) {
    if (std::optional<std::string> text = HostText(other, "weft.host_method")) return text;
  }
  return std::nullopt;
}

bool Translator::IsHostClass(const clang::CXXRecordDecl* record) {
  return HostText(record, "weft.host_class").has_value();
}

bool Translator::IsForOtherBackends(const clang::FunctionDecl* function) {
  if (HostText(function).has_value()) return true;
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  return method != nullptr && IsHostClass(method->getParent());
}

void Translator::CompleteHostClass(const RecordInfo& info, std::string_view text) {
  flowgraph::HostClass& host = program_.cls(info.cls).host;
  std::vector<std::string> words = Split(text, ' ');
  host.is_interface = words.size() == 2 && words[0] == "interface";
  if (words.size() == (host.is_interface ? 2 : 1)) {
    host.name = words.back();
    return;
  }
  Report(SiteOf(info.decl), diag::kHostDeclaration, text, "it needs the form '[interface] CLASS'");
  host.name = "?";
}

// What may stand where program and host meet: numbers, strings, arrays of numbers, objects.
bool Translator::CrossesToHost(TypeId type) {
  TypeKind kind = types().Kind(type);
  if (kind == TypeKind::kArray) {
    TypeKind element = types().Kind(types().Element(type));
    return (IsInt(element) && element != TypeKind::kBool) || IsFloat(element);
  }
  return kind == TypeKind::kVoid || IsInt(kind) || IsFloat(kind) || kind == TypeKind::kStr ||
         kind == TypeKind::kObject;
}

ExternalId Translator::HostExternal(const clang::FunctionDecl* function, const std::string& text,
                                    Site use) {
  std::string key = "host:" + FunctionKey(function);
  auto [it, inserted] = externals_.try_emplace(key, ExternalId(program_.externals.size()));
  if (!inserted) return it->second;
  ExternalId id = it->second;
  program_.externals.emplace_back();
  Site site = SiteOf(function);
  TypeId type = FunctionType(function, use);
  HostMember member;
  std::string fault = ParseMember(text, member);
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  bool is_instance = method != nullptr && method->isInstance();
  flowgraph::HostClass owner;
  if (method != nullptr) {
    RecordInfo& record = Record(method->getParent(), site);
    if (record.is_object()) owner = program_.cls(record.cls).host;
  }
  if (member.owner.empty()) member.owner = owner.name;
  if (!member.is_valid()) {
    member.kind = !is_instance         ? HostMemberKind::kStatic
                  : owner.is_interface ? HostMemberKind::kInterface
                                       : HostMemberKind::kVirtual;
  }
  bool wants_object =
      member.kind == HostMemberKind::kVirtual || member.kind == HostMemberKind::kInterface;
  // Of the host's parameters the object is none; a function without one takes its first argument.
  size_t parameters = function->getNumParams() + (is_instance ? 1 : 0);
  bool has_object = parameters > 0;
  if (wants_object && has_object) --parameters;
  if (fault.empty() && member.owner.empty()) fault = "it names no class of the host";
  if (fault.empty() && wants_object && !has_object) fault = "there is no object to call it on";
  if (fault.empty() && member.has_parameters && member.parameters.size() != parameters) {
    fault = fmt::format("it has {} parameters and the function has {}", member.parameters.size(),
                        parameters);
  }
  if (!fault.empty()) Report(site, diag::kHostDeclaration, text, fault);
  std::vector<TypeId> crossing(types().List(type).begin(), types().List(type).end());
  crossing.push_back(types().Element(type));
  for (TypeId t : crossing) {
    if (!CrossesToHost(t)) Report(site, diag::kHostType, program_.TypeName(t), NameOf(function));
  }
  std::string list;
  for (const clang::ParmVarDecl* parameter : function->parameters()) {
    list += (list.empty() ? "" : ", ") + Print(parameter->getType());
  }
  flowgraph::ExternalInfo& info = program_.external(id);
  info.symbol = fmt::format("{}({})", NameOf(function), list);
  info.type = type;
  const auto* prototype = function->getType()->getAs<clang::FunctionProtoType>();
  info.may_raise = prototype == nullptr || !prototype->isNothrow();
  info.is_noreturn = function->isNoReturn();
  info.loc = Loc(site);
  info.host = std::move(member);
  if (info.may_raise && host_error_ != nullptr && !program_.host_error.is_valid()) {
    program_.host_error = Function(host_error_, SiteOf(host_error_));
  }
  return id;
}

void Translator::AddExports() {
  for (const clang::FunctionDecl* function : exported_) {
    Site site = SiteOf(function);
    std::string name = NameOf(function);
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
    if (method != nullptr && method->isInstance()) {
      Report(site, diag::kExportRefused, name, "it is called on an object");
      continue;
    }
    if (!function->getDeclName().isIdentifier()) {
      Report(site, diag::kExportRefused, name, "its name is none outside of C++");
      continue;
    }
    FunctionId id = Function(function, site);
    if (!id.is_valid()) continue;
    TypeId type = program_.function(id).type;
    std::vector<TypeId> crossing(types().List(type).begin(), types().List(type).end());
    crossing.push_back(types().Element(type));
    auto bad =
        std::find_if(crossing.begin(), crossing.end(), [&](TypeId t) { return !CrossesToHost(t); });
    if (bad != crossing.end()) {
      Report(site, diag::kExportRefused, name,
             fmt::format("nobody outside knows a '{}'", program_.TypeName(*bad)));
      continue;
    }
    std::string export_name = function->getNameAsString();
    auto [it, inserted] = export_names_.try_emplace(export_name, function);
    if (!inserted) {
      if (it->second->getCanonicalDecl() == function->getCanonicalDecl()) continue;
      Report(site, diag::kExportRefused, name,
             fmt::format("another function is exported as '{}'", export_name))
          .Note(Loc(SiteOf(it->second)), "the other one");
      continue;
    }
    program_.function(id).export_name = std::move(export_name);
  }
}

}  // namespace weft::frontend
