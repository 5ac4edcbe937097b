#include "backend_jvm/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "backend_jvm/code.h"

namespace weft::backend_jvm {

using flowgraph::HostMember;
using flowgraph::HostMemberKind;
using lltype::ContainerKind;

namespace {

constexpr std::string_view kText = "Ljava/lang/String;";
constexpr std::string_view kRoot = "Ljava/lang/Object;";

std::string InternalName(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return name;
}

// The descriptor of a type as Java spells it: "int", "java.lang.String", "char[]".
std::string DescriptorOf(std::string_view text) {
  if (text.ends_with("[]")) return "[" + DescriptorOf(text.substr(0, text.size() - 2));
  constexpr std::pair<std::string_view, char> kPrimitives[] = {
      {"void", 'V'}, {"boolean", 'Z'}, {"byte", 'B'},  {"char", 'C'},   {"short", 'S'},
      {"int", 'I'},  {"long", 'J'},    {"float", 'F'}, {"double", 'D'},
  };
  for (const auto& [word, letter] : kPrimitives) {
    if (text == word) return std::string(1, letter);
  }
  return fmt::format("L{};", InternalName(std::string(text)));
}

// The class that checkcast names.
std::string ClassIn(std::string_view descriptor) {
  return std::string(descriptor[0] == 'L' ? descriptor.substr(1, descriptor.size() - 2)
                                          : descriptor);
}

class Border {
 public:
  Border(Types& types, Code& code) : types_(types), code_(code) {}

  // What belongs to a type of the program when nothing else is declared.
  std::string Natural(TypeId type) const {
    switch (types_.Kind(type)) {
      case TypeKind::kBool:
        return "Z";
      case TypeKind::kI8:
      case TypeKind::kU8:
        return "B";
      case TypeKind::kI16:
        return "S";
      case TypeKind::kU16:
        return "C";
      case TypeKind::kPtr:
        switch (types_.ContainerOf(type).kind) {
          case ContainerKind::kString:
            return std::string(kText);
          case ContainerKind::kArray:
          case ContainerKind::kHost:
            return types_.Descriptor(type);
          default:
            return std::string(kRoot);
        }
      default:
        return types_.Descriptor(type);
    }
  }

  // A value of the program is on the stack, and leaves as what the host declares.
  void Outwards(TypeId type, const std::string& host) {
    if (IsString(type)) {
      code_.InvokeStatic(kStrClass, "text", "(Lweft/rt/Str;)Ljava/lang/String;");
      return;
    }
    if (types_.Kind(type) == TypeKind::kPtr) {
      // The verifier lets a subclass and an interface pass by itself.
      if (Natural(type) == kRoot && host != kRoot) code_.CheckCast(ClassIn(host));
      return;
    }
    Number(types_.Kind(type), host);
  }

  // The object of a call, which may be a string of the program's.
  void Object(TypeId type, const std::string& owner) {
    std::string own = fmt::format("L{};", owner);
    Outwards(type, own);
    if (!IsString(type) && Natural(type) != kRoot && Natural(type) != own) code_.CheckCast(owner);
  }

  // A value of the host's is on the stack, and becomes one of the program's type.
  void Inwards(TypeId type, const std::string& host) {
    TypeKind kind = types_.Kind(type);
    if (kind == TypeKind::kVoid) {
      if (host != "V") code_.Pop();
    } else if (IsString(type)) {
      if (host != kText) code_.CheckCast("java/lang/String");
      code_.InvokeStatic(kStrClass, "of", "(Ljava/lang/String;)Lweft/rt/Str;");
    } else if (kind == TypeKind::kPtr) {
      std::string wanted = types_.Descriptor(type);
      if (wanted != host && wanted != kRoot) code_.CheckCast(ClassIn(wanted));
    } else {
      Convert(host[0], types_.Descriptor(type)[0], /*is_unsigned=*/false);
      ToRange(code_, kind);
    }
  }

 private:
  bool IsString(TypeId type) const {
    return types_.Kind(type) == TypeKind::kPtr &&
           types_.ContainerOf(type).kind == ContainerKind::kString;
  }

  // From one of the JVM's own kinds of number to another; 'B', 'C', 'S' and 'Z' are ints.
  void Convert(char from, char to, bool is_unsigned) {
    auto letter = [](char c) { return c == 'J' || c == 'F' || c == 'D' ? c : 'I'; };
    from = letter(from);
    to = letter(to);
    if (from == to) return;
    if (from == 'I' && to == 'J' && is_unsigned) {
      code_.InvokeStatic("java/lang/Integer", "toUnsignedLong", "(I)J");
      return;
    }
    constexpr std::string_view kLetters = "IJFD";
    // i2l i2f i2d l2i l2f l2d f2i f2l f2d d2i d2l d2f, in this order from 133 on.
    size_t row = kLetters.find(from);
    size_t column = kLetters.find(to);
    size_t at = row * 3 + column - (column > row ? 1 : 0);
    code_.Emit(static_cast<Op>(i2l + at), 1, code_.TypeOf(std::string(1, to)));
  }

  void Number(TypeKind kind, const std::string& host) {
    bool is_unsigned = kind == TypeKind::kU32;
    Convert(types_.Descriptor(TypeTable::Primitive(kind))[0], host[0], is_unsigned);
    switch (host[0]) {
      case 'B':
        code_.Emit(i2b, 1, kIntType);
        return;
      case 'S':
        code_.Emit(i2s, 1, kIntType);
        return;
      case 'C':
        code_.Emit(i2c, 1, kIntType);
        return;
      default:
        return;
    }
  }

  Types& types_;
  Code& code_;
};

// The static method that calls the member.
void WriteBridge(Types& types, ExternalId id, ClassFile& file) {
  const auto& external = types.program().external(id);
  const HostMember& host = external.host;
  MethodRef ref = HostBridge(types, id);
  Code code(file.pool, false);
  Border border(types, code);
  auto parameters = types.program().types.List(external.type);
  TypeId result = types.program().types.Element(external.type);
  for (TypeId type : parameters) code.Parameter(types.StackType(type, code));
  std::vector<VerifierType> locals = code.locals();
  std::string owner = InternalName(host.owner);
  bool is_constructor = host.kind == HostMemberKind::kConstructor;
  bool has_object =
      host.kind == HostMemberKind::kVirtual || host.kind == HostMemberKind::kInterface;

  if (is_constructor) {
    code.New(owner);
    code.Dup();
  }
  std::string descriptor = "(";
  uint32_t slot = 0;
  for (size_t i = 0; i < parameters.size(); ++i) {
    VerifierType type = types.StackType(parameters[i], code);
    code.Load(type, slot);
    slot += type.is_wide() ? 2 : 1;
    if (has_object && i == 0) {
      border.Object(parameters[0], owner);
      continue;
    }
    size_t declared = i - (has_object ? 1 : 0);
    std::string wanted = host.has_parameters ? DescriptorOf(host.parameters[declared])
                                             : border.Natural(parameters[i]);
    border.Outwards(parameters[i], wanted);
    descriptor += wanted;
  }
  std::string given = host.result.empty() ? border.Natural(result) : DescriptorOf(host.result);
  descriptor += ")" + (is_constructor ? "V" : given);
  size_t start = code.position();
  switch (host.kind) {
    case HostMemberKind::kConstructor:
      code.Invoke(invokespecial, owner, "<init>", descriptor);
      given = fmt::format("L{};", owner);
      break;
    case HostMemberKind::kVirtual:
      code.Invoke(invokevirtual, owner, host.name, descriptor);
      break;
    case HostMemberKind::kInterface:
      code.Invoke(invokeinterface, owner, host.name, descriptor);
      break;
    default:
      code.InvokeStatic(owner, host.name, descriptor);
  }
  size_t end = code.position();
  border.Inwards(result, given);
  code.Return(types.Descriptor(result));

  if (external.may_raise && types.program().host_error.is_valid()) {
    code.Handle(start, end, 0);
    code.Place(0, locals, {code.Object("java/lang/Throwable")});
    // What is no exception of the host's own goes on as it is.
    code.InvokeStatic(kRaisedClass, "hostText", "(Ljava/lang/Throwable;)Lweft/rt/Str;");
    const MethodRef& error = types.Function(types.program().host_error);
    code.InvokeStatic(error.owner, error.name, error.descriptor);
    code.Dup();
    code.Invoke(invokevirtual, kRaisedClass, "raised", "()V");
    code.Throw();
  }
  file.methods.push_back({kPublic | kStatic, ref.name, ref.descriptor, code.Finish()});
}

}  // namespace

MethodRef HostBridge(Types& types, ExternalId id) {
  const auto& external = types.program().external(id);
  std::string name = external.host.name.empty() ? "make" : external.host.name;
  return {std::string(kHostClass), fmt::format("{}${}", MethodName(name), id.index),
          types.MethodDescriptor(external.type, /*without_first=*/false)};
}

ClassFile WriteHostClass(Types& types, const std::vector<ExternalId>& externals) {
  ClassFile file;
  file.name = kHostClass;
  for (ExternalId id : externals) WriteBridge(types, id, file);
  return file;
}

void AddExports(Types& types, ClassFile& file) {
  const flowgraph::Program& program = types.program();
  for (uint32_t f = 0; f < program.functions.size(); ++f) {
    const flowgraph::FunctionInfo& function = *program.functions[f];
    if (!function.is_exported()) continue;
    const MethodRef& ref = types.Function(FunctionId(f));
    Code code(file.pool, false);
    Border border(types, code);
    std::string descriptor = "(";
    auto parameters = program.types.List(function.type);
    for (TypeId type : parameters) {
      descriptor += border.Natural(type);
      code.Parameter(code.TypeOf(border.Natural(type)));
    }
    TypeId result = program.types.Element(function.type);
    descriptor += ")" + border.Natural(result);
    code.InvokeStatic("weft/rt/Program", "ready", "()V");
    uint32_t slot = 0;
    for (TypeId type : parameters) {
      VerifierType local = code.TypeOf(border.Natural(type));
      code.Load(local, slot);
      slot += local.is_wide() ? 2 : 1;
      border.Inwards(type, border.Natural(type));
    }
    code.InvokeStatic(ref.owner, ref.name, ref.descriptor);
    if (types.Kind(result) != TypeKind::kVoid) border.Outwards(result, border.Natural(result));
    code.Return(border.Natural(result));
    file.methods.push_back(
        {kPublic | kStatic, function.export_name, std::move(descriptor), code.Finish()});
  }
}

}  // namespace weft::backend_jvm
