#include "backend_cli/frozen_heap.h"

#include <fmt/format.h>

#include <cstring>
#include <iterator>
#include <map>
#include <set>

#include "backend_cli/il_code.h"
#include "common/check.h"

namespace weft::backend_cli {

using flowgraph::Constant;
using flowgraph::FrozenObject;
using flowgraph::GlobalInfo;
using flowgraph::Program;
using lltype::Container;
using lltype::ContainerKind;
using lltype::Field;

namespace {

void AppendUnsigned(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) *out += static_cast<char>(value | 0x80);
  *out += static_cast<char>(value);
}

void AppendSigned(int64_t value, std::string* out) {
  AppendUnsigned((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63), out);
}

// The method of Heap that reads a number of this kind, and what makes it one of the kind.
void ReadNumber(TypeKind kind, IlCode* code) {
  if (kind == TypeKind::kF64) {
    return code->Op("call", "instance float64 Weft.Heap::Float64()");
  }
  if (kind == TypeKind::kF32) {
    return code->Op("call", "instance float32 Weft.Heap::Float32()");
  }
  code->Op("call", "instance int64 Weft.Heap::Number()");
  if (kind != TypeKind::kI64 && kind != TypeKind::kU64) code->Op("conv.i4");
}

}  // namespace

FrozenHeap::FrozenHeap(const CliTypes& types, const backend_common::Reachable& reachable)
    : types_(types), program_(types.program()), reachable_(reachable) {
  std::map<ContainerId, std::vector<FrozenId>> by_container;
  for (uint32_t i = 0; i < program_.frozen.size(); ++i) {
    if (reachable.frozen[i]) by_container[program_.frozen[i].container].push_back(FrozenId(i));
  }
  uint32_t number = 0;
  for (auto& [container, objects] : by_container) {
    for (FrozenId id : objects) numbers_[id] = number++;
    for (FrozenId id : objects) {
      for (const auto& link : program_.frozen[id.index].functions) {
        if (!function_numbers_.try_emplace(link.function, functions_.size()).second) continue;
        functions_.push_back(link.function);
      }
    }
    kinds_.push_back({container, std::move(objects)});
  }
}

void FrozenHeap::NoteUses(MethodUses* uses) const {
  auto note = [&](FunctionId id) {
    uses->function_objects.insert(id);
    uses->delegates.insert(program_.function(id).type);
  };
  for (FunctionId id : functions_) note(id);
  for (uint32_t i = 0; i < program_.globals.size(); ++i) {
    const GlobalInfo& global = program_.globals[i];
    if (!reachable_.globals[i]) continue;
    if (global.initial.kind == Constant::Kind::kFunction) {
      note(FunctionId(static_cast<uint32_t>(global.initial.bits)));
    }
    for (const Constant& item : global.items) {
      uint32_t index = static_cast<uint32_t>(item.bits);
      if (item.kind == Constant::Kind::kFunction) note(FunctionId(index));
      if (item.kind == Constant::Kind::kFrozen && !types_.IsFrozenString(FrozenId(index))) {
        uses->frozen.insert(FrozenId(index));
      }
    }
  }
  // Fields and items have the types of functions even where they hold none.
  for (uint32_t i = 0; i < program_.containers.size(); ++i) {
    const Container& container = program_.containers.Get(ContainerId(i));
    for (const auto* fields : {&container.fields, &container.item_fields}) {
      for (const Field& field : *fields) {
        if (program_.types.Kind(field.type) == TypeKind::kFunction) {
          uses->delegates.insert(field.type);
        }
      }
    }
  }
}

absl::flat_hash_map<FrozenId, uint32_t> FrozenHeap::StringNumbers() const {
  absl::flat_hash_map<FrozenId, uint32_t> numbers;
  for (const Kind& kind : kinds_) {
    if (program_.containers.Get(kind.container).kind != ContainerKind::kString) continue;
    for (FrozenId id : kind.objects) numbers[id] = numbers_.at(id) - numbers_.at(kind.objects[0]);
  }
  return numbers;
}

// ---- The image.

void FrozenHeap::AppendFields(const FrozenObject& object, const std::vector<Field>& fields,
                              uint32_t start, size_t count, std::string* out) const {
  for (size_t i = 0; i < count; ++i) {
    const Field& field = fields[i];
    uint32_t offset = start + field.offset;
    TypeKind kind = program_.types.Kind(field.type);
    if (kind == TypeKind::kPtr) {
      uint32_t target = 0;
      for (const auto& link : object.objects) {
        if (link.offset == offset) target = numbers_.at(link.object) + 1;
      }
      AppendUnsigned(target, out);
    } else if (kind == TypeKind::kFunction) {
      uint32_t target = 0;
      for (const auto& link : object.functions) {
        if (link.offset == offset) target = function_numbers_.at(link.function) + 1;
      }
      AppendUnsigned(target, out);
    } else {
      uint32_t size = lltype::SizeOf(program_.types, field.type);
      if (IsFloat(kind)) {
        out->append(reinterpret_cast<const char*>(object.bytes.data()) + offset, size);
        continue;
      }
      uint64_t bits = 0;
      std::memcpy(&bits, object.bytes.data() + offset, size);
      AppendSigned(flowgraph::CanonicalInt(kind, static_cast<int64_t>(bits)), out);
    }
  }
}

std::string FrozenHeap::Bytes() const {
  std::string out;
  AppendUnsigned(numbers_.size(), &out);
  for (size_t i = 0; i < kinds_.size(); ++i) {
    AppendUnsigned(i + 1, &out);
    AppendUnsigned(kinds_[i].objects.size(), &out);
    if (!program_.containers.Get(kinds_[i].container).has_items()) continue;
    for (FrozenId id : kinds_[i].objects) {
      AppendUnsigned(static_cast<uint64_t>(program_.frozen[id.index].length), &out);
    }
  }
  AppendUnsigned(0, &out);
  for (const Kind& kind : kinds_) {
    const Container& container = program_.containers.Get(kind.container);
    for (FrozenId id : kind.objects) {
      const FrozenObject& object = program_.frozen[id.index];
      if (container.kind == ContainerKind::kString) {
        // The hash is computed when it is asked for.
        out.append(reinterpret_cast<const char*>(object.bytes.data()) + container.fixed_size,
                   static_cast<size_t>(object.length));
        continue;
      }
      AppendFields(object, container.fields, 0, container.fields.size(), &out);
      for (int64_t i = 0; i < object.length; ++i) {
        AppendFields(object, container.item_fields,
                     container.fixed_size + static_cast<uint32_t>(i) * container.item_size,
                     container.item_fields.size(), &out);
      }
    }
  }
  std::vector<FrozenId> hashed;
  for (const Kind& kind : kinds_) {
    for (FrozenId id : kind.objects) {
      if (program_.frozen[id.index].identity_hash != 0) hashed.push_back(id);
    }
  }
  AppendUnsigned(hashed.size(), &out);
  for (FrozenId id : hashed) {
    AppendUnsigned(numbers_.at(id), &out);
    AppendUnsigned(program_.frozen[id.index].identity_hash, &out);
  }
  return out;
}

// ---- The methods.

// One for each kind, so that the host compiles only what it needs.
std::string FrozenHeap::FillMethod(const Kind& kind) const {
  const Container& container = program_.containers.Get(kind.container);
  IlCode code;
  auto value = [&](const Field& field, bool is_target) {
    code.LoadArgument(1);
    TypeKind type = program_.types.Kind(field.type);
    if (is_target || type == TypeKind::kPtr) {
      code.Op("call", "instance object Weft.Heap::Reference()");
      if (is_target) {
        code.Op("newobj", "instance void [mscorlib]System.WeakReference::.ctor(object)");
      } else if (types_.Class(program_.types.Container(field.type)) != "object") {
        code.Op("castclass", types_.Class(program_.types.Container(field.type)));
      }
    } else if (type == TypeKind::kFunction) {
      code.Op("call", "instance int32 Weft.Heap::Length()");
      code.Op("call", "object program::FunctionAt(int32)");
      code.Op("castclass", types_.DelegateName(field.type));
    } else {
      ReadNumber(type, &code);
    }
  };
  for (uint32_t i = 0; i < container.fields.size(); ++i) {
    code.LoadArgument(0);
    bool is_target = container.is_weakref() && i + 1 == container.fields.size();
    value(container.fields[i], is_target);
    ContainerId owner = types_.DeclaringClass(kind.container, i);
    code.Op("stfld", is_target ? fmt::format("class [mscorlib]System.WeakReference {}::{}",
                                             types_.Class(owner), types_.FieldName(owner, i))
                               : types_.Field(kind.container, i));
  }
  if (container.has_items()) {
    code.Branch("br", 1);
    code.Place(0);
    for (uint32_t i = 0; i < container.item_fields.size(); ++i) {
      code.LoadArgument(0);
      code.LoadLocal(0);
      code.Op("ldelema", types_.Item(kind.container));
      value(container.item_fields[i], false);
      if (types_.HasPlainItems(kind.container)) {
        code.Op("stobj", types_.Item(kind.container));
      } else {
        code.Op("stfld", types_.ItemField(kind.container, i));
      }
    }
    code.LoadLocal(0);
    code.Int32(1);
    code.Op("add");
    code.StoreLocal(0);
    code.Place(1);
    code.LoadLocal(0);
    code.LoadArgument(0);
    code.Op("ldlen");
    code.Op("conv.i4");
    code.Branch("blt", 0);
  }
  code.Op("ret");
  return fmt::format(
      ".method private hidebysig static void {}({}, class Weft.Heap) cil managed {{\n.locals init "
      "(int32)\n{}}}\n",
      Quoted("fill " + types_.Class(kind.container)), types_.Reference(kind.container),
      code.text());
}

std::string FrozenHeap::SetUpMethod(const MethodUses& uses) const {
  // The values of globals, and the objects that code names, in pieces that the host compiles
  // quickly.
  constexpr size_t kPiece = 256;
  std::vector<std::string> steps;
  auto object = [&](FrozenId id, ContainerId as) {
    IlCode code;
    code.LoadArgument(0);
    code.Int32(static_cast<int32_t>(numbers_.at(id)));
    code.Op("ldelem.ref");
    if (types_.Class(as) != "object") code.Op("castclass", types_.Class(as));
    return code.text();
  };
  for (FrozenId id : uses.frozen) {
    steps.push_back(object(id, program_.frozen[id.index].container) +
                    fmt::format("stsfld {}\n", types_.Frozen(id)));
  }
  for (uint32_t i = 0; i < program_.globals.size(); ++i) {
    const GlobalInfo& global = program_.globals[i];
    TypeKind kind = program_.types.Kind(global.type);
    if (!reachable_.globals[i] || kind == TypeKind::kTable) continue;
    IlCode code;
    switch (global.initial.kind) {
      case Constant::Kind::kFrozen:
        code.Directive(object(FrozenId(static_cast<uint32_t>(global.initial.bits)),
                              program_.types.Container(global.type)));
        break;
      case Constant::Kind::kFunction:
        code.Op("ldsfld",
                types_.FunctionObject(FunctionId(static_cast<uint32_t>(global.initial.bits))));
        break;
      case Constant::Kind::kScalar:
        if (global.initial.bits == 0) continue;
        if (kind == TypeKind::kF64) {
          code.Float64(global.initial.bits);
        } else if (kind == TypeKind::kF32) {
          code.Float64(global.initial.bits);
          code.Op("conv.r4");
        } else if (kind == TypeKind::kI64 || kind == TypeKind::kU64) {
          code.Int64(static_cast<int64_t>(global.initial.bits));
        } else {
          code.Int32(static_cast<int32_t>(global.initial.bits));
        }
        break;
      default:
        continue;
    }
    code.Op("stsfld", types_.Global(GlobalId(i)));
    steps.push_back(code.text());
  }
  std::string text;
  std::string calls;
  for (const Kind& kind : kinds_) {
    if (program_.containers.Get(kind.container).kind != ContainerKind::kString) continue;
    calls = fmt::format(
        "ldarg.1\nldc.i4 {}\nldc.i4 {}\ncall instance class Weft.Str[] "
        "Weft.Heap::Strings(int32, int32)\nstsfld class Weft.Str[] heap::strings\n",
        numbers_.at(kind.objects[0]), kind.objects.size());
  }
  for (size_t first = 0; first < steps.size(); first += kPiece) {
    text += fmt::format(
        ".method private hidebysig static void 'set up {}'(object[]) cil managed {{\n", first);
    for (size_t i = first; i < std::min(steps.size(), first + kPiece); ++i) text += steps[i];
    text += "ret\n}\n";
    calls += fmt::format(
        "ldarg.1\nldfld object[] Weft.Heap::objects\ncall void program::'set up "
        "{}'(object[])\n",
        first);
  }
  return text +
         fmt::format(
             ".method public hidebysig virtual instance void SetUp(class Weft.Heap) cil managed "
             "{{\n{}ret\n}}\n",
             calls);
}

// The image stands in the file as it will in an array, which costs less than to open a resource.
std::string FrozenHeap::ImageMethod() const {
  std::string bytes = Bytes();
  std::string list;
  for (char c : bytes) {
    fmt::format_to(std::back_inserter(list), "{:02x} ", static_cast<uint8_t>(c));
  }
  return fmt::format(
      ".data HEAP = bytearray ({0})\n"
      ".class nested private explicit ansi sealed heap_image extends [mscorlib]System.ValueType {{ "
      ".pack 1 .size {1} }}\n"
      ".field private static valuetype program/heap_image image at HEAP\n"
      ".method public hidebysig virtual instance uint8[] Image() cil managed {{\n"
      "ldc.i4 {1}\nnewarr uint8\ndup\n"
      "ldtoken field valuetype program/heap_image program::image\n"
      "call void [mscorlib]System.Runtime.CompilerServices.RuntimeHelpers::InitializeArray(class "
      "[mscorlib]System.Array, valuetype [mscorlib]System.RuntimeFieldHandle)\nret\n}}\n",
      list, bytes.size());
}

std::string FrozenHeap::Methods(const MethodUses& uses) const {
  std::string fills;
  std::string labels;
  std::string make;
  std::string fill;
  std::string has_length;
  for (size_t i = 0; i < kinds_.size(); ++i) {
    ContainerId id = kinds_[i].container;
    const Container& container = program_.containers.Get(id);
    fmt::format_to(std::back_inserter(labels), "{}K{}", i > 0 ? ", " : "", i);
    fmt::format_to(std::back_inserter(make), "K{}: ", i);
    fmt::format_to(std::back_inserter(fill), "K{}: ", i);
    fmt::format_to(std::back_inserter(has_length), "K{}: ldc.i4.{}\nret\n", i,
                   container.has_items() ? 1 : 0);
    if (container.kind == ContainerKind::kString) {
      make += "ldarg.2\ncall instance class Weft.Str Weft.Heap::MakeString()\nret\n";
      fill += "ldarg.3\nldarg.2\ncall instance void Weft.Heap::FillString(object)\nret\n";
      continue;
    }
    if (container.has_items()) {
      make += fmt::format("ldarg.2\ncall instance int32 Weft.Heap::Length()\nnewarr {}\nret\n",
                          types_.Item(id));
    } else if (types_.IsRoot(id)) {
      make += "newobj instance void [mscorlib]System.Object::.ctor()\nret\n";
    } else {
      make += fmt::format("newobj instance void {}::.ctor()\nret\n", types_.Class(id));
    }
    fills += FillMethod(kinds_[i]);
    fill += fmt::format("ldarg.2\n{}ldarg.3\ncall void program::{}({}, class Weft.Heap)\nret\n",
                        types_.IsRoot(id) ? "" : fmt::format("castclass {}\n", types_.Class(id)),
                        Quoted("fill " + types_.Class(id)), types_.Reference(id));
  }
  std::string functions = "ldarg.0\nswitch (N";
  std::string cases = "N: ldnull\nret\n";
  for (size_t i = 0; i < functions_.size(); ++i) {
    functions += fmt::format(", F{}", i);
    cases += fmt::format("F{}: ldsfld {}\nret\n", i, types_.FunctionObject(functions_[i]));
  }
  std::string text = fills + ImageMethod();
  auto method = [&](const char* signature, const std::string& body) {
    text += fmt::format(".method public hidebysig virtual instance {} cil managed {{\n{}}}\n",
                        signature, body);
  };
  std::string select = fmt::format("ldarg.1\nswitch ({})\n", labels);
  if (kinds_.empty()) select.clear();
  method("object MakeObject(int32, class Weft.Heap)", select + "ldnull\nthrow\n" + make);
  method("bool HasLength(int32)", select + "ldnull\nthrow\n" + has_length);
  method("void FillObject(int32, object, class Weft.Heap)", select + "ldnull\nthrow\n" + fill);
  method("void SetIdentityHash(object, int32)",
         "ldarg.1\nldarg.2\nconv.i8\ncall void Weft.Memory::SetFrozenHash(object, int64)\nret\n");
  text += fmt::format(
      ".method private hidebysig static object FunctionAt(int32) cil managed {{\n{})\nldnull\n"
      "throw\n{}}}\n",
      functions, cases);
  return text + SetUpMethod(uses);
}

}  // namespace weft::backend_cli
