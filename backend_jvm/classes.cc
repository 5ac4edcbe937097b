#include "backend_jvm/classes.h"

#include <fmt/format.h>

#include <cstring>
#include <map>
#include <set>

#include "backend_common/mangle.h"
#include "backend_jvm/code.h"
#include "common/check.h"

namespace weft::backend_jvm {

using backend_common::FrozenImage;
using backend_common::ImageTag;
using backend_common::Mangle;
using backend_common::Reachable;
using flowgraph::Constant;
using flowgraph::Program;
using lltype::Container;
using lltype::ContainerKind;

void AddMethod(ClassFile& file, uint16_t access, std::string_view name, std::string_view descriptor,
               Code& code) {
  file.methods.push_back({access, std::string(name), std::string(descriptor), code.Finish()});
}

void AddConstructor(ClassFile& file) {
  Code code(file.pool, false);
  VerifierType self = code.Object(file.name);
  code.Parameter(self);
  code.Load(self, 0);
  code.Invoke(invokespecial, file.super, "<init>", "()V");
  code.Return("V");
  AddMethod(file, kPublic, "<init>", "()V", code);
}

namespace {

char Letter(std::string_view descriptor) {
  switch (descriptor[0]) {
    case 'J':
    case 'F':
    case 'D':
      return descriptor[0];
    case 'L':
    case '[':
      return 'A';
    default:
      return 'I';
  }
}

std::string LetterDescriptor(char letter) {
  return letter == 'A' ? "Ljava/lang/Object;" : std::string(1, letter);
}

void CastTo(Code& code, std::string_view descriptor) {
  if (descriptor == "Ljava/lang/Object;") return;
  code.CheckCast(descriptor[0] == 'L' ? descriptor.substr(1, descriptor.size() - 2) : descriptor);
}

// A scalar constant of a field or a static field.
void PushConstant(Types& types, TypeId type, const Constant& constant, const FrozenImage& image,
                  Code& code) {
  std::string descriptor = types.Descriptor(type);
  switch (constant.kind) {
    case Constant::Kind::kFunction: {
      FieldRef ref = types.FunctionObject(type, FunctionId(constant.bits));
      code.GetStatic(ref.owner, ref.name, ref.descriptor);
      return;
    }
    case Constant::Kind::kFrozen:
      code.PushInt(static_cast<int32_t>(image.numbers[constant.bits]));
      code.InvokeStatic("weft/rt/Thaw", "object", "(I)Ljava/lang/Object;");
      CastTo(code, descriptor);
      return;
    case Constant::Kind::kScalar:
      if (descriptor == "J") {
        code.PushLong(static_cast<int64_t>(constant.bits));
      } else if (descriptor == "D") {
        code.PushDouble(constant.bits);
      } else if (descriptor == "F") {
        double value;
        std::memcpy(&value, &constant.bits, sizeof value);
        auto narrow = static_cast<float>(value);
        uint32_t bits;
        std::memcpy(&bits, &narrow, sizeof bits);
        code.PushFloat(bits);
      } else {
        code.PushInt(static_cast<int32_t>(constant.bits));
      }
      return;
    default:
      code.PushNull();
  }
}

// Bytes as an array of strings, each character a byte. A constant of a class file holds 65,535
// bytes of text, and a character takes up to two.
void PushBytes(const std::string& bytes, Code& code) {
  constexpr size_t kPart = 32000;
  size_t parts = (bytes.size() + kPart - 1) / kPart;
  code.PushInt(static_cast<int32_t>(parts));
  code.NewArray("Ljava/lang/String;");
  for (size_t i = 0; i < parts; ++i) {
    std::string text;
    for (char c : bytes.substr(i * kPart, kPart)) {
      auto byte = static_cast<uint8_t>(c);
      if (byte < 0x80) {
        text += c;
      } else {
        text += static_cast<char>(0xc0 | (byte >> 6));
        text += static_cast<char>(0x80 | (byte & 0x3f));
      }
    }
    code.Dup();
    code.PushInt(static_cast<int32_t>(i));
    code.PushString(text);
    code.Emit(aastore, 3);
  }
}

class ContainerWriter {
 public:
  ContainerWriter(Types& types, ContainerId id, const Needs& needs, const Reachable& reachable)
      : types_(types),
        program_(types.program()),
        id_(id),
        container_(program_.containers.Get(id)),
        needs_(needs),
        reachable_(reachable) {}

  ClassFile Run() {
    file_.name = types_.OwnClass(id_);
    is_root_ = types_.IsRoot(id_);
    if (is_root_) {
      file_.access = kPublic | kInterface | kAbstract;
    } else {
      Super();
      // HotSpot tests a class that nothing is derived from by one comparison.
      if (!HasChildren()) file_.access |= kFinal;
      if (container_.kind == ContainerKind::kClass) Fields();
      if (container_.kind == ContainerKind::kBox) Fields();
      if (container_.kind == ContainerKind::kArray) ItemClass();
      AddConstructor(file_);
      Hash();
      if (needs_.places.contains(id_.index)) Accessors();
      if (types_.IsException(id_)) Exception();
      if (container_.has_finalizer) Finalizer();
    }
    if (container_.cls.is_valid()) Methods();
    return std::move(file_);
  }

 private:
  void Super() {
    if (container_.parent.is_valid() && !types_.HasRootAsParent(id_)) {
      file_.super = types_.OwnClass(container_.parent);
      return;
    }
    if (types_.IsException(id_)) file_.super = kRaisedClass;
    if (container_.kind == ContainerKind::kWeakReference) file_.super = "weft/rt/Weak";
    if (container_.cls.is_valid() && types_.uses_root_interface) {
      file_.interfaces.push_back(types_.RootInterface());
    }
  }

  bool HasChildren() const {
    for (uint32_t i = 0; i < program_.containers.size(); ++i) {
      if (program_.containers.Get(ContainerId(i)).parent == id_) return true;
    }
    return false;
  }

  void Fields() {
    size_t inherited =
        container_.parent.is_valid() ? program_.containers.Get(container_.parent).fields.size() : 0;
    for (size_t i = inherited; i < container_.fields.size(); ++i) {
      FieldRef ref = types_.Field(id_, static_cast<uint32_t>(i));
      auto access =
          static_cast<uint16_t>(kPublic | (container_.fields[i].immutable ? kTransient : 0));
      file_.fields.push_back({access, ref.name, ref.descriptor});
    }
  }

  // Arrays of values: their elements' class, with what makes and copies such arrays.
  void ItemClass() {
    file_.super = "weft/rt/Item";
    std::string own = fmt::format("L{};", file_.name);
    for (size_t i = 0; i < container_.item_fields.size(); ++i) {
      FieldRef ref = types_.ItemField(id_, static_cast<uint32_t>(i));
      file_.fields.push_back({kPublic, ref.name, ref.descriptor});
    }
    VerifierType array;
    {
      Code code(file_.pool, false);
      array = code.Object("[" + own);
      VerifierType item = code.Object(file_.name);
      code.Parameter(kIntType);
      code.Load(kIntType, 0);
      code.NewArray(own);
      code.Store(array, 1);
      code.PushInt(0);
      code.Store(kIntType, 2);
      code.Place(0, {kIntType, array, kIntType}, {});
      code.Load(kIntType, 2);
      code.Load(kIntType, 0);
      code.Branch(if_icmpge, 2, 1);
      code.Load(array, 1);
      code.Load(kIntType, 2);
      code.NewObject(file_.name);
      code.Emit(aastore, 3);
      code.Load(kIntType, 2);
      code.PushInt(1);
      code.Emit(iadd, 2, kIntType);
      code.Store(kIntType, 2);
      code.Jump(0);
      code.Place(1, {kIntType, array, kIntType}, {});
      code.Load(array, 1);
      code.Return("[" + own);
      (void)item;
      AddMethod(file_, kPublic | kStatic, "array$", fmt::format("(I)[{}", own), code);
    }
    {
      // copy$(to, at, from, start, count): from the end when an array is copied upwards onto
      // itself.
      Code code(file_.pool, false);
      std::vector<VerifierType> locals = {array, kIntType, array, kIntType, kIntType, kIntType};
      for (int i = 0; i < 5; ++i) code.Parameter(locals[i]);
      auto item = [&](uint32_t of, uint32_t start) {
        code.Load(array, of);
        code.Load(kIntType, start);
        code.Load(kIntType, 5);
        code.Emit(iadd, 2, kIntType);
        code.Emit(aaload, 2, code.Object(file_.name));
      };
      auto copy = [&] {
        item(0, 1);
        item(2, 3);
        code.Invoke(invokevirtual, file_.name, "set$", fmt::format("({})V", own));
      };
      code.PushInt(0);
      code.Store(kIntType, 5);
      code.Load(kIntType, 3);
      code.Load(kIntType, 1);
      code.Branch(if_icmpge, 2, 0);
      code.Load(kIntType, 4);
      code.Store(kIntType, 5);
      code.Place(2, locals, {});
      code.Load(kIntType, 5);
      code.PushInt(-1);
      code.Emit(iadd, 2, kIntType);
      code.Store(kIntType, 5);
      code.Load(kIntType, 5);
      code.Branch(iflt, 1, 1);
      copy();
      code.Jump(2);
      code.Place(0, locals, {});
      code.Load(kIntType, 5);
      code.Load(kIntType, 4);
      code.Branch(if_icmpge, 2, 1);
      copy();
      code.Load(kIntType, 5);
      code.PushInt(1);
      code.Emit(iadd, 2, kIntType);
      code.Store(kIntType, 5);
      code.Jump(0);
      code.Place(1, locals, {});
      code.Return("V");
      AddMethod(file_, kPublic | kStatic, "copy$", fmt::format("([{0}I[{0}II)V", own), code);
    }
    Code code(file_.pool, false);
    VerifierType self = code.Object(file_.name);
    code.Parameter(self);
    code.Parameter(self);
    for (size_t i = 0; i < container_.item_fields.size(); ++i) {
      FieldRef ref = types_.ItemField(id_, static_cast<uint32_t>(i));
      code.Load(self, 0);
      code.Load(self, 1);
      code.GetField(ref.owner, ref.name, ref.descriptor);
      code.PutField(ref.owner, ref.name, ref.descriptor);
    }
    code.Return("V");
    AddMethod(file_, kPublic | kFinal, "set$", fmt::format("({})V", own), code);
    Code size(file_.pool, false);
    size.Parameter(self);
    size.PushInt(static_cast<int32_t>(container_.item_size));
    size.Return("I");
    AddMethod(file_, kPublic, "size", "()I", size);
    Code index(file_.pool, false);
    index.Parameter(self);
    index.Parameter(kIntType);
    index.Load(kIntType, 1);
    index.PushInt(static_cast<int32_t>(container_.item_size));
    index.Emit(idiv, 2, kIntType);
    index.Return("I");
    AddMethod(file_, kPublic, "index", "(I)I", index);
  }

  // Kept in the object where somebody asks for it.
  void Hash() {
    if (!needs_.hashed.contains(id_.index)) return;
    file_.interfaces.push_back("weft/rt/Hashed");
    file_.fields.push_back({kPublic, "hash$", "I"});
    Code code(file_.pool, false);
    VerifierType self = code.Object(file_.name);
    code.Parameter(self);
    code.Load(self, 0);
    code.GetField(file_.name, "hash$", "I");
    code.Branch(ifne, 1, 0);
    code.Load(self, 0);
    code.InvokeStatic("weft/rt/Identity", "next", "()I");
    code.PutField(file_.name, "hash$", "I");
    code.Place(0, {self}, {});
    code.Load(self, 0);
    code.GetField(file_.name, "hash$", "I");
    code.Return("I");
    AddMethod(file_, kPublic | kFinal, "hash$", "()I", code);
    Code set(file_.pool, false);
    set.Parameter(self);
    set.Parameter(kIntType);
    set.Load(self, 0);
    set.Load(kIntType, 1);
    set.PutField(file_.name, "hash$", "I");
    set.Return("V");
    AddMethod(file_, kPublic | kFinal, "hash$", "(I)V", set);
  }

  struct Place {
    int32_t offset;
    FieldRef ref;
    bool is_u8;
  };

  // Fields by number, for places: a method for each letter that switches on the offset.
  void Accessors() {
    bool is_item = container_.kind == ContainerKind::kArray;
    const auto& fields = is_item ? container_.item_fields : container_.fields;
    std::map<char, std::vector<Place>> by_letter;
    for (uint32_t i = 0; i < fields.size(); ++i) {
      FieldRef ref = is_item ? types_.ItemField(id_, i) : types_.Field(id_, i);
      by_letter[Letter(ref.descriptor)].push_back(
          {static_cast<int32_t>(fields[i].offset), ref,
           program_.types.Kind(fields[i].type) == TypeKind::kU8});
    }
    if (!is_item) file_.interfaces.push_back("weft/rt/Place");
    for (const auto& [letter, places] : by_letter) {
      Accessor(letter, places, true);
      Accessor(letter, places, false);
    }
  }

  void Accessor(char letter, const std::vector<Place>& places, bool is_get) {
    Code code(file_.pool, false);
    VerifierType self = code.Object(file_.name);
    std::string value_descriptor = LetterDescriptor(letter);
    VerifierType value = code.TypeOf(value_descriptor);
    std::vector<VerifierType> locals = {self, kLongType, {}};
    code.Parameter(self);
    code.Parameter(kLongType);
    if (!is_get) {
      code.Parameter(value);
      locals.push_back(value);
      if (value.is_wide()) locals.push_back({});
    }
    code.Load(kLongType, 1);
    code.Emit(l2i, 1, kIntType);
    std::vector<int32_t> cases;
    std::vector<uint32_t> labels;
    for (uint32_t i = 0; i < places.size(); ++i) {
      cases.push_back(places[i].offset);
      labels.push_back(i + 1);
    }
    labels.push_back(0);
    code.Switch(cases, labels);
    for (uint32_t i = 0; i < places.size(); ++i) {
      const FieldRef& ref = places[i].ref;
      code.Place(i + 1, locals, {});
      code.Load(self, 0);
      if (is_get) {
        code.GetField(ref.owner, ref.name, ref.descriptor);
        code.Return(value_descriptor);
      } else {
        code.Load(value, 3);
        if (letter == 'A') CastTo(code, ref.descriptor);
        code.PutField(ref.owner, ref.name, ref.descriptor);
        code.Return("V");
      }
    }
    code.Place(0, locals, {});
    code.Load(kLongType, 1);
    code.InvokeStatic(kPlacesClass, "missing", "(J)Ljava/lang/Error;");
    code.Throw();
    AddMethod(
        file_, kPublic, fmt::format("{}{}", is_get ? "get" : "set", letter),
        is_get ? fmt::format("(J){}", value_descriptor) : fmt::format("(J{})V", value_descriptor),
        code);
  }

  // What the run time asks an exception: its name in the source, and its message.
  void Exception() {
    Code name(file_.pool, false);
    VerifierType self = name.Object(file_.name);
    name.Parameter(self);
    name.PushString(container_.name);
    name.Return("Ljava/lang/String;");
    AddMethod(file_, kPublic, "name$", "()Ljava/lang/String;", name);
    if (file_.super != kRaisedClass || container_.fields.empty()) return;
    FieldRef ref = types_.Field(id_, 0);
    if (ref.descriptor != fmt::format("L{};", kStrClass)) return;
    Code message(file_.pool, false);
    message.Parameter(self);
    message.Load(self, 0);
    message.GetField(ref.owner, ref.name, ref.descriptor);
    message.Return(ref.descriptor);
    AddMethod(file_, kPublic, "message$", fmt::format("()L{};", kStrClass), message);
  }

  // The host's finalizer enters the object in a list; the program's own thread runs the source's.
  void Finalizer() {
    FunctionId finalizer = program_.cls(container_.cls).finalizer;
    if (!finalizer.is_valid() || !reachable_.functions[finalizer.index]) return;
    file_.interfaces.push_back("weft/rt/Finalizable");
    Code enter(file_.pool, false);
    VerifierType self = enter.Object(file_.name);
    enter.Parameter(self);
    enter.Load(self, 0);
    enter.InvokeStatic("weft/rt/Gc", "enqueue", "(Ljava/lang/Object;)V");
    enter.Return("V");
    AddMethod(file_, kPublic, "finalize", "()V", enter);
    Code run(file_.pool, false);
    run.Parameter(self);
    run.Load(self, 0);
    const MethodRef& ref = types_.Function(finalizer);
    run.InvokeStatic(ref.owner, ref.name, ref.descriptor);
    run.Return("V");
    AddMethod(file_, kPublic, "finalizer$", "()V", run);
  }

  void Methods() {
    const auto& cls = program_.cls(container_.cls);
    std::set<std::string> written;
    bool has_abstract = false;
    for (auto [method, function] : cls.implementations) {
      if (!reachable_.functions[function.index]) continue;
      Implementation(method, function);
      written.insert(types_.Method(method).name);
    }
    for (uint32_t i = 0; i < program_.methods.size(); ++i) {
      if (program_.methods[i].introduced_by != container_.cls) continue;
      if (!reachable_.methods[i]) continue;
      MethodRef ref = types_.Method(MethodId(i));
      if (written.contains(ref.name)) continue;
      has_abstract = true;
      file_.methods.push_back({kPublic | kAbstract, ref.name, ref.descriptor, ""});
    }
    // A class that nobody makes may have no implementation of what it inherits.
    if (has_abstract) file_.access = static_cast<uint16_t>((file_.access & ~kFinal) | kAbstract);
  }

  void Implementation(MethodId method, FunctionId function) {
    MethodRef ref = types_.Method(method);
    const MethodRef& target = types_.Function(function);
    Code code(file_.pool, false);
    VerifierType self = code.Object(file_.name);
    code.Parameter(self);
    std::vector<std::string> descriptors;
    for (TypeId parameter : program_.types.List(program_.method(method).type)) {
      descriptors.push_back(types_.Descriptor(parameter));
    }
    for (size_t i = 1; i < descriptors.size(); ++i) code.Parameter(code.TypeOf(descriptors[i]));
    code.Load(self, 0);
    uint32_t slot = 1;
    for (size_t i = 1; i < descriptors.size(); ++i) {
      VerifierType type = code.TypeOf(descriptors[i]);
      code.Load(type, slot);
      slot += type.is_wide() ? 2 : 1;
    }
    code.InvokeStatic(target.owner, target.name, target.descriptor);
    std::string result = target.descriptor.substr(target.descriptor.find(')') + 1);
    code.Return(result);
    AddMethod(file_, kPublic, ref.name, ref.descriptor, code);
  }

  Types& types_;
  const Program& program_;
  ContainerId id_;
  const Container& container_;
  const Needs& needs_;
  const Reachable& reachable_;
  ClassFile file_;
  bool is_root_ = false;
};

}  // namespace

ClassFile WriteContainerClass(Types& types, ContainerId id, const Needs& needs,
                              const Reachable& reachable) {
  return ContainerWriter(types, id, needs, reachable).Run();
}

ClassFile WritePlainRoot(Types& types) {
  ClassFile file;
  file.name = types.RootInterface() + "$Plain";
  file.interfaces.push_back(types.RootInterface());
  AddConstructor(file);
  return file;
}

ClassFile WriteFunctionClass(Types& types, TypeId type) {
  ClassFile file;
  file.name = types.FunctionClass(type);
  file.access |= kFinal;
  std::string own = fmt::format("L{};", file.name);
  file.fields.push_back({kPublic | kFinal, "number", "I"});
  std::vector<FunctionId> functions = types.function_objects[type];
  {
    Code code(file.pool, false);
    VerifierType self = code.Object(file.name);
    // The verifier calls it uninitialized until the constructor above has run; no frame is needed.
    code.Parameter({VerifierType::kUninitThis, 0});
    code.Parameter(kIntType);
    code.Load({VerifierType::kUninitThis, 0}, 0);
    code.Invoke(invokespecial, file.super, "<init>", "()V");
    code.Load(self, 0);
    code.Load(kIntType, 1);
    code.PutField(file.name, "number", "I");
    code.Return("V");
    AddMethod(file, 0, "<init>", "(I)V", code);
  }
  Code init(file.pool, false);
  for (size_t i = 0; i < functions.size(); ++i) {
    FieldRef ref = types.FunctionObject(type, functions[i]);
    file.fields.push_back({kPublic | kStatic | kFinal, ref.name, ref.descriptor});
    init.New(file.name);
    init.Dup();
    init.PushInt(static_cast<int32_t>(i));
    init.Invoke(invokespecial, file.name, "<init>", "(I)V");
    init.PutStatic(ref.owner, ref.name, ref.descriptor);
  }
  init.Return("V");
  if (!functions.empty()) AddMethod(file, kStatic, "<clinit>", "()V", init);
  Code code(file.pool, false);
  VerifierType self = code.Object(file.name);
  std::vector<VerifierType> locals = {self};
  code.Parameter(self);
  std::vector<VerifierType> parameters;
  for (TypeId parameter : types.program().types.List(type)) {
    VerifierType verifier = code.TypeOf(types.Descriptor(parameter));
    code.Parameter(verifier);
    parameters.push_back(verifier);
    locals.push_back(verifier);
    if (verifier.is_wide()) locals.push_back({});
  }
  std::string descriptor = types.MethodDescriptor(type, /*without_first=*/false);
  std::string result = types.Descriptor(types.program().types.Element(type));
  auto call = [&](FunctionId function) {
    uint32_t slot = 1;
    for (VerifierType parameter : parameters) {
      code.Load(parameter, slot);
      slot += parameter.is_wide() ? 2 : 1;
    }
    const MethodRef& ref = types.Function(function);
    code.InvokeStatic(ref.owner, ref.name, ref.descriptor);
    code.Return(result);
  };
  if (functions.empty()) {
    code.PushNull();
    code.Throw();
  } else if (functions.size() == 1) {
    call(functions[0]);
  } else {
    code.Load(self, 0);
    code.GetField(file.name, "number", "I");
    std::vector<int32_t> cases;
    std::vector<uint32_t> labels;
    for (uint32_t i = 0; i < functions.size(); ++i) {
      if (i + 1 < functions.size()) cases.push_back(static_cast<int32_t>(i));
      labels.push_back(i);
    }
    code.Switch(cases, labels);
    for (uint32_t i = 0; i < functions.size(); ++i) {
      code.Place(i, locals, {});
      call(functions[i]);
    }
  }
  AddMethod(file, kPublic | kFinal, "call", descriptor, code);
  return file;
}

ClassFile WriteTableClass(Types& types, GlobalId id, const std::vector<uint32_t>& fields) {
  const Program& program = types.program();
  const auto& global = program.global(id);
  ClassFile file;
  Code code(file.pool, false);
  size_t width = global.item_types.size();
  for (uint32_t field : fields) {
    FieldRef ref = types.Table(id, field);
    file.name = ref.owner;
    file.fields.push_back({kPublic | kStatic | kFinal, ref.name, ref.descriptor});
    TypeId type = global.item_types[field];
    std::string bytes;
    size_t count = global.items.size() / width;
    char letter = ref.descriptor[1];
    if (letter == 'L' || letter == '[') {
      // References stand in the frozen heap, which has room for all of them: one by one.
      code.PushInt(static_cast<int32_t>(count));
      code.NewArray(ref.descriptor.substr(1));
      FrozenImage none;
      for (size_t i = 0; i < count; ++i) {
        const Constant& item = global.items[i * width + field];
        if (item.kind == Constant::Kind::kZero) continue;
        code.Dup();
        code.PushInt(static_cast<int32_t>(i));
        if (item.kind == Constant::Kind::kFrozen) {
          FieldRef object = types.Frozen(FrozenId(item.bits));
          code.GetStatic(object.owner, object.name, object.descriptor);
        } else {
          PushConstant(types, type, item, none, code);
        }
        code.Emit(aastore, 3);
      }
      code.PutStatic(ref.owner, ref.name, ref.descriptor);
      continue;
    }
    uint32_t size = lltype::SizeOf(program.types, type);
    for (size_t i = 0; i < count; ++i) {
      uint64_t bits = global.items[i * width + field].bits;
      if (letter == 'F') {
        double value;
        std::memcpy(&value, &bits, sizeof value);
        auto narrow = static_cast<float>(value);
        uint32_t narrow_bits;
        std::memcpy(&narrow_bits, &narrow, sizeof narrow_bits);
        bits = narrow_bits;
      }
      for (uint32_t byte = 0; byte < size; ++byte) bytes += static_cast<char>(bits >> (8 * byte));
    }
    PushBytes(bytes, code);
    code.InvokeStatic("weft/rt/Tables", fmt::format("read{}", letter),
                      fmt::format("([Ljava/lang/String;){}", ref.descriptor));
    code.PutStatic(ref.owner, ref.name, ref.descriptor);
  }
  code.Return("V");
  AddMethod(file, kStatic, "<clinit>", "()V", code);
  return file;
}

ClassFile WriteHeapClass(Types& types, uint32_t number, const std::vector<FrozenId>& objects,
                         const FrozenImage& image) {
  ClassFile file;
  file.name = fmt::format("weft/Heap{}", number);
  Code code(file.pool, false);
  for (FrozenId id : objects) {
    FieldRef ref = types.Frozen(id);
    file.fields.push_back({kPublic | kStatic | kFinal, ref.name, ref.descriptor});
    code.PushInt(static_cast<int32_t>(image.numbers[id.index]));
    code.InvokeStatic("weft/rt/Thaw", "object", "(I)Ljava/lang/Object;");
    CastTo(code, ref.descriptor);
    code.PutStatic(ref.owner, ref.name, ref.descriptor);
  }
  code.Return("V");
  AddMethod(file, kStatic, "<clinit>", "()V", code);
  return file;
}

ClassFile WriteGlobals(Types& types, const FrozenImage& image) {
  ClassFile file;
  file.name = "weft/Globals";
  Code code(file.pool, false);
  for (size_t i = 0; i < types.used_globals.size(); ++i) {
    GlobalId id = types.used_globals[i];
    const auto& global = types.program().global(id);
    FieldRef ref = types.Global(id);
    file.fields.push_back(
        {static_cast<uint16_t>(kPublic | kStatic | (global.is_constant ? kFinal : 0)), ref.name,
         ref.descriptor});
    if (global.initial.kind == Constant::Kind::kZero) continue;
    if (global.initial.kind == Constant::Kind::kScalar && global.initial.bits == 0) continue;
    PushConstant(types, global.type, global.initial, image, code);
    code.PutStatic(ref.owner, ref.name, ref.descriptor);
  }
  code.Return("V");
  AddMethod(file, kStatic, "<clinit>", "()V", code);
  return file;
}

ClassFile WriteBytesClass(std::string_view name, const std::string& bytes) {
  ClassFile file;
  file.name = name;
  Code code(file.pool, false);
  PushBytes(bytes, code);
  code.Return("[Ljava/lang/String;");
  AddMethod(file, kPublic | kStatic, "parts", "()[Ljava/lang/String;", code);
  return file;
}

ClassFile WriteProgramClass(Types& types, const FrozenImage& image, const Needs& needs) {
  const Program& program = types.program();
  ClassFile file;
  file.name = "weft/Program";
  file.super = "weft/rt/Program";
  AddConstructor(file);
  {
    Code code(file.pool, false);
    VerifierType self = code.Object(file.name);
    code.Parameter(self);
    code.Parameter(code.Object("[Lweft/rt/Str;"));
    const MethodRef& entry = types.Function(program.entry);
    if (!program.types.List(program.function(program.entry).type).empty()) {
      code.Load(code.Object("[Lweft/rt/Str;"), 1);
    }
    code.InvokeStatic(entry.owner, entry.name, entry.descriptor);
    code.Return("I");
    AddMethod(file, kPublic, "run", "([Lweft/rt/Str;)I", code);
  }
  {
    Code code(file.pool, false);
    code.Parameter(code.Object(file.name));
    code.InvokeStatic(kImageClass, "parts", "()[Ljava/lang/String;");
    code.Return("[Ljava/lang/String;");
    AddMethod(file, kPublic, "image", "()[Ljava/lang/String;", code);
  }
  for (bool memory : {true, false}) {
    Code code(file.pool, false);
    VerifierType self = code.Object(file.name);
    code.Parameter(self);
    GlobalId global = memory ? program.memory_error : program.stack_overflow_error;
    if (global.is_valid() && program.global(global).initial.kind == Constant::Kind::kFrozen) {
      // A handler that runs on a stack that is used up cannot load the class it compares with: that
      // takes Java code. An empty array loads it now.
      for (uint32_t caught : memory ? std::set<uint32_t>() : needs.caught) {
        code.PushInt(0);
        code.NewArray(fmt::format("L{};", types.OwnClass(ContainerId(caught))));
        code.Pop();
      }
      code.PushInt(static_cast<int32_t>(image.numbers[program.global(global).initial.bits]));
      code.InvokeStatic("weft/rt/Thaw", "object", "(I)Ljava/lang/Object;");
    } else {
      code.PushNull();
    }
    code.Return("Ljava/lang/Object;");
    AddMethod(file, kPublic, memory ? "memoryError" : "stackOverflowError", "()Ljava/lang/Object;",
              code);
  }
  // make(kind), makeArray(kind, length), fill(kind, object, in), function(number).
  auto dispatch = [&](std::string_view name, std::string_view descriptor,
                      std::vector<std::pair<std::string_view, VerifierType>> parameters,
                      size_t count, auto wants, auto body) {
    Code code(file.pool, false);
    VerifierType self = code.Object(file.name);
    std::vector<VerifierType> locals = {self, kIntType};
    code.Parameter(self);
    code.Parameter(kIntType);
    for (auto& [text, type] : parameters) {
      type = code.TypeOf(text);
      code.Parameter(type);
      locals.push_back(type);
    }
    std::vector<int32_t> cases;
    std::vector<uint32_t> labels;
    for (uint32_t i = 0; i < count; ++i) {
      if (!wants(i)) continue;
      cases.push_back(static_cast<int32_t>(i));
      labels.push_back(i + 1);
    }
    labels.push_back(0);
    code.Load(kIntType, 1);
    code.Switch(cases, labels);
    for (int32_t i : cases) {
      code.Place(static_cast<uint32_t>(i) + 1, locals, {});
      body(static_cast<uint32_t>(i), code);
    }
    code.Place(0, locals, {});
    code.PushNull();
    code.Throw();
    AddMethod(file, kPublic, name, descriptor, code);
  };
  auto has_class = [&](uint32_t kind) {
    return image.tags[kind] == ImageTag::kObject || image.tags[kind] == ImageTag::kItems;
  };
  dispatch(
      "make", "(I)Ljava/lang/Object;", {}, image.kinds.size(), has_class,
      [&](uint32_t kind, Code& code) {
        ContainerId id = image.kinds[kind];
        code.NewObject(types.IsRoot(id) ? types.RootInterface() + "$Plain" : types.OwnClass(id));
        code.Return("Ljava/lang/Object;");
      });
  dispatch(
      "makeArray", "(II)[Ljava/lang/Object;", {{"I", {}}}, image.kinds.size(),
      [&](uint32_t kind) {
        return image.tags[kind] == ImageTag::kReferences ||
               image.tags[kind] == ImageTag::kFunctions || image.tags[kind] == ImageTag::kItems;
      },
      [&](uint32_t kind, Code& code) {
        code.Load(kIntType, 2);
        code.NewArray(types.ClassOf(image.kinds[kind]).substr(1));
        code.Return("[Ljava/lang/Object;");
      });
  for (uint32_t kind = 0; kind < image.kinds.size(); ++kind) {
    if (!has_class(kind)) continue;
    ContainerId id = image.kinds[kind];
    const Container& container = program.containers.Get(id);
    if (types.IsRoot(id)) continue;
    Code code(file.pool, false);
    VerifierType object = code.Object(types.OwnClass(id));
    VerifierType in = code.Object("weft/rt/Thaw");
    code.Parameter(object);
    code.Parameter(in);
    bool is_item = container.kind == ContainerKind::kArray;
    const auto& fields = is_item ? container.item_fields : container.fields;
    for (uint32_t i = 0; i < fields.size(); ++i) {
      code.Load(object, 0);
      code.Load(in, 1);
      TypeKind type_kind = program.types.Kind(fields[i].type);
      if (container.kind == ContainerKind::kWeakReference) {
        code.Invoke(invokevirtual, "weft/rt/Thaw", "ref", "()Ljava/lang/Object;");
        code.Invoke(invokevirtual, "weft/rt/Weak", "keep", "(Ljava/lang/Object;)V");
        continue;
      }
      FieldRef ref = is_item ? types.ItemField(id, i) : types.Field(id, i);
      if (type_kind == TypeKind::kPtr) {
        code.Invoke(invokevirtual, "weft/rt/Thaw", "ref", "()Ljava/lang/Object;");
        CastTo(code, ref.descriptor);
      } else if (type_kind == TypeKind::kFunction) {
        code.Invoke(invokevirtual, "weft/rt/Thaw", "function", "()Ljava/lang/Object;");
        CastTo(code, ref.descriptor);
      } else {
        char letter = Letter(ref.descriptor);
        code.Invoke(invokevirtual, "weft/rt/Thaw",
                    std::string(1, static_cast<char>(letter - 'A' + 'a')),
                    fmt::format("(){}", letter));
      }
      code.PutField(ref.owner, ref.name, ref.descriptor);
    }
    code.Return("V");
    AddMethod(file, kPrivate | kStatic, fmt::format("fill{}", kind),
              fmt::format("(L{};Lweft/rt/Thaw;)V", types.OwnClass(id)), code);
  }
  dispatch(
      "fill", "(ILjava/lang/Object;Lweft/rt/Thaw;)V",
      {{"Ljava/lang/Object;", {}}, {"Lweft/rt/Thaw;", {}}}, image.kinds.size(),
      [&](uint32_t kind) { return has_class(kind); },
      [&](uint32_t kind, Code& code) {
        ContainerId id = image.kinds[kind];
        if (!types.IsRoot(id)) {
          code.Load(code.Object(kObjectClass), 2);
          code.CheckCast(types.OwnClass(id));
          code.Load(code.Object("weft/rt/Thaw"), 3);
          code.InvokeStatic(file.name, fmt::format("fill{}", kind),
                            fmt::format("(L{};Lweft/rt/Thaw;)V", types.OwnClass(id)));
        }
        code.Return("V");
      });
  dispatch(
      "function", "(I)Ljava/lang/Object;", {}, image.functions.size(),
      [](uint32_t) { return true; },
      [&](uint32_t i, Code& code) {
        FieldRef ref = types.FunctionObject(image.functions[i].first, image.functions[i].second);
        code.GetStatic(ref.owner, ref.name, ref.descriptor);
        code.Return("Ljava/lang/Object;");
      });
  {
    Code code(file.pool, false);
    code.Parameter(code.Object("[Ljava/lang/String;"));
    code.NewObject(file.name);
    code.Load(code.Object("[Ljava/lang/String;"), 0);
    code.InvokeStatic("weft/rt/Program", "start", "(Lweft/rt/Program;[Ljava/lang/String;)V");
    code.Return("V");
    AddMethod(file, kPublic | kStatic, "main", "([Ljava/lang/String;)V", code);
  }
  return file;
}

ClassFile WriteStartClass() {
  ClassFile file;
  file.name = "weft/Start";
  file.access = kFinal | kSuper;
  file.super = "java/lang/Object";
  Code code(file.pool, false);
  code.GetStatic("weft/Main", "arguments", "[Ljava/lang/String;");
  code.InvokeStatic("weft/Program", "main", "([Ljava/lang/String;)V");
  code.Return("V");
  AddMethod(file, kStatic, "<clinit>", "()V", code);
  return file;
}

}  // namespace weft::backend_jvm
