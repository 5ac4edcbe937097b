#include "backend_cli/place_access.h"

#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "backend_cli/il_code.h"

namespace weft::backend_cli {

using flowgraph::Program;
using lltype::Container;
using lltype::ContainerKind;
using lltype::Field;

namespace {

class AccessWriter {
 public:
  AccessWriter(const CliTypes& types, const MethodUses& uses, TypeId type, bool stores)
      : types_(types), program_(types.program()), uses_(uses), type_(type), stores_(stores) {}

  std::string Run() {
    std::string name = stores_ ? StoreAtName(types_, type_) : LoadAtName(types_, type_);
    name = name.substr(name.find("::") + 2);
    for (uint32_t i = 0; i < program_.containers.size(); ++i) {
      ContainerId id(i);
      bool is_box = program_.containers.Get(id).kind == ContainerKind::kBox;
      if (!is_box && !uses_.with_places.contains(id)) continue;
      if (program_.containers.Get(id).has_items()) {
        TryArray(id);
      } else {
        TryClass(id);
      }
    }
    code_.Op("ldnull");
    code_.Op("throw");
    std::string locals;
    for (const std::string& local : locals_) locals += (locals.empty() ? "" : ", ") + local;
    return fmt::format(
        ".method assembly hidebysig static {} {}(object, int64{}) cil managed {{\n.locals init "
        "({})\n{}}}\n",
        stores_ ? "void" : types_.Spell(type_), name, stores_ ? ", " + types_.Spell(type_) : "",
        locals, code_.text());
  }

 private:
  // A pointer may be read as one of another class; numbers agree.
  bool Matches(const Field& field) const {
    bool is_pointer = program_.types.Kind(type_) == TypeKind::kPtr;
    if (is_pointer) return program_.types.Kind(field.type) == TypeKind::kPtr;
    return field.type == type_;
  }

  uint32_t NewLocal(std::string type) {
    locals_.push_back(std::move(type));
    return static_cast<uint32_t>(locals_.size() - 1);
  }

  // The object as one of this class in a local, or on to `next`.
  uint32_t TestClass(ContainerId id, uint32_t next) {
    uint32_t local = NewLocal(types_.Reference(id));
    code_.LoadArgument(0);
    code_.Op("isinst", types_.Class(id));
    code_.Op("dup");
    code_.StoreLocal(local);
    code_.Branch("brfalse", next);
    return local;
  }

  void CastTo(TypeId from, TypeId to) {
    if (program_.types.Kind(to) != TypeKind::kPtr) return;
    ContainerId target = program_.types.Container(to);
    if (!types_.IsSubtype(program_.types.Container(from), target)) {
      code_.Op("castclass", types_.Class(target));
    }
  }

  // The object, or the address of the item, is on the stack.
  void Access(const std::string& field, TypeId field_type) {
    if (stores_) {
      code_.LoadArgument(2);
      CastTo(type_, field_type);
      code_.Op("stfld", field);
    } else {
      code_.Op("ldfld", field);
      CastTo(field_type, type_);
    }
    code_.Op("ret");
  }

  void TryClass(ContainerId id) {
    const Container& container = program_.containers.Get(id);
    uint32_t end = next_label_++;
    bool tested = false;
    uint32_t object = 0;
    for (uint32_t i = static_cast<uint32_t>(types_.InheritedFields(id));
         i < container.fields.size(); ++i) {
      if (!Matches(container.fields[i])) continue;
      if (!tested) object = TestClass(id, end);
      tested = true;
      uint32_t other = next_label_++;
      code_.LoadArgument(1);
      code_.Int64(container.fields[i].offset);
      code_.Branch("bne.un", other);
      code_.LoadLocal(object);
      Access(types_.Field(id, i), container.fields[i].type);
      code_.Place(other);
    }
    code_.Place(end);
  }

  void TryArray(ContainerId id) {
    const Container& container = program_.containers.Get(id);
    uint32_t end = next_label_++;
    bool tested = false;
    uint32_t array = 0;
    uint32_t index = 0;
    uint32_t within = 0;
    for (uint32_t i = 0; i < container.item_fields.size(); ++i) {
      const Field& field = container.item_fields[i];
      if (!Matches(field)) continue;
      if (!tested) {
        array = TestClass(id, end);
        // The number of the item, and the offset within it.
        index = NewLocal("int64");
        within = NewLocal("int64");
        code_.LoadArgument(1);
        code_.Int64(container.fixed_size);
        code_.Op("sub");
        code_.Op("dup");
        code_.Int64(container.item_size);
        code_.Op("div");
        code_.Op("dup");
        code_.StoreLocal(index);
        code_.Int64(container.item_size);
        code_.Op("mul");
        code_.Op("sub");
        code_.StoreLocal(within);
      }
      tested = true;
      uint32_t other = next_label_++;
      code_.LoadLocal(within);
      code_.Int64(field.offset);
      code_.Branch("bne.un", other);
      code_.LoadLocal(array);
      code_.LoadLocal(index);
      code_.Op("conv.i4");
      code_.Op("ldelema", types_.Item(id));
      if (types_.HasPlainItems(id)) {
        if (stores_) {
          code_.LoadArgument(2);
          code_.Op("stobj", types_.Item(id));
        } else {
          code_.Op("ldobj", types_.Item(id));
        }
        code_.Op("ret");
      } else {
        Access(types_.ItemField(id, i), field.type);
      }
      code_.Place(other);
    }
    code_.Place(end);
  }

  const CliTypes& types_;
  const Program& program_;
  const MethodUses& uses_;
  TypeId type_;
  bool stores_;
  IlCode code_;
  std::vector<std::string> locals_;
  uint32_t next_label_ = 0;
};

}  // namespace

std::string EmitPlaceAccess(const CliTypes& types, const MethodUses& uses) {
  std::string text;
  for (TypeId type : uses.loads) text += AccessWriter(types, uses, type, false).Run();
  for (TypeId type : uses.stores) text += AccessWriter(types, uses, type, true).Run();
  return text;
}

}  // namespace weft::backend_cli
