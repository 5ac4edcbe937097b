#include "backend_common/frozen_image.h"

#include <cstring>
#include <map>

#include "absl/container/flat_hash_map.h"

namespace weft::backend_common {

using flowgraph::FrozenObject;
using flowgraph::Program;
using lltype::Container;

namespace {

class ImageWriter {
 public:
  ImageWriter(const Program& program, const Reachable& reachable) : program_(program) {
    image_.numbers.resize(program.frozen.size(), FrozenImage::kNotThere);
    for (uint32_t i = 0; i < program.frozen.size(); ++i) {
      if (reachable.frozen[i]) image_.numbers[i] = image_.object_count++;
    }
  }

  FrozenImage Run() {
    std::string objects;
    std::string contents;
    std::string hashes;
    uint64_t hash_count = 0;
    for (uint32_t i = 0; i < program_.frozen.size(); ++i) {
      if (image_.numbers[i] == FrozenImage::kNotThere) continue;
      const FrozenObject& object = program_.frozen[i];
      Number(KindOf(object.container), &objects);
      if (program_.containers.Get(object.container).has_items()) {
        Number(static_cast<uint64_t>(object.length), &objects);
      }
      Contents(object, &contents);
      if (object.identity_hash == 0) continue;
      ++hash_count;
      Number(image_.numbers[i], &hashes);
      Number(object.identity_hash, &hashes);
    }
    std::string& out = image_.bytes;
    Number(image_.kinds.size(), &out);
    for (ImageTag tag : image_.tags) Number(static_cast<uint64_t>(tag), &out);
    Number(image_.object_count, &out);
    out += objects;
    out += contents;
    Number(hash_count, &out);
    out += hashes;
    return std::move(image_);
  }

 private:
  struct Links {
    absl::flat_hash_map<uint32_t, FrozenId> objects;
    absl::flat_hash_map<uint32_t, FunctionId> functions;
  };

  static void Number(uint64_t value, std::string* out) {
    while (value >= 0x80) {
      *out += static_cast<char>(value | 0x80);
      value >>= 7;
    }
    *out += static_cast<char>(value);
  }

  uint64_t KindOf(ContainerId container) {
    auto [at, is_new] = kinds_.emplace(container.index, image_.kinds.size());
    if (is_new) {
      image_.kinds.push_back(container);
      image_.tags.push_back(TagOf(program_, container));
    }
    return at->second;
  }

  uint64_t FunctionNumber(TypeId type, FunctionId function) {
    auto [at, is_new] =
        functions_.emplace(std::pair(type.index, function.index), image_.functions.size());
    if (is_new) image_.functions.push_back({type, function});
    return at->second;
  }

  void Field(const FrozenObject& object, const Links& links, TypeId type, uint32_t offset,
             std::string* out) {
    TypeKind kind = program_.types.Kind(type);
    if (kind == TypeKind::kPtr) {
      auto at = links.objects.find(offset);
      Number(at == links.objects.end() ? 0 : image_.numbers[at->second.index] + uint64_t{1}, out);
    } else if (kind == TypeKind::kFunction) {
      auto at = links.functions.find(offset);
      Number(at == links.functions.end() ? 0 : FunctionNumber(type, at->second) + 1, out);
    } else if (IsFloat(kind)) {
      out->append(reinterpret_cast<const char*>(object.bytes.data()) + offset,
                  lltype::SizeOf(program_.types, type));
    } else {
      uint64_t bits = 0;
      std::memcpy(&bits, object.bytes.data() + offset, lltype::SizeOf(program_.types, type));
      int64_t value = flowgraph::CanonicalInt(kind, static_cast<int64_t>(bits));
      Number((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63), out);
    }
  }

  void Contents(const FrozenObject& object, std::string* out) {
    const Container& container = program_.containers.Get(object.container);
    ImageTag tag = TagOf(program_, object.container);
    const char* items = reinterpret_cast<const char*>(object.bytes.data()) + container.fixed_size;
    if (tag == ImageTag::kString || tag == ImageTag::kBytes) {
      out->append(items, static_cast<size_t>(object.length));
      return;
    }
    Links links;
    for (const auto& link : object.objects) links.objects[link.offset] = link.object;
    for (const auto& link : object.functions) links.functions[link.offset] = link.function;
    for (const lltype::Field& field : container.fields) {
      Field(object, links, field.type, field.offset, out);
    }
    for (int64_t i = 0; i < object.length; ++i) {
      uint32_t start = container.fixed_size + static_cast<uint32_t>(i) * container.item_size;
      for (const lltype::Field& field : container.item_fields) {
        Field(object, links, field.type, start + field.offset, out);
      }
    }
  }

  const Program& program_;
  FrozenImage image_;
  std::map<uint32_t, uint64_t> kinds_;
  std::map<std::pair<uint32_t, uint32_t>, uint64_t> functions_;
};

}  // namespace

ImageTag TagOf(const Program& program, ContainerId id) {
  const Container& container = program.containers.Get(id);
  if (container.kind == lltype::ContainerKind::kString) return ImageTag::kString;
  if (!container.has_items()) return ImageTag::kObject;
  if (container.item_fields.size() > 1) return ImageTag::kItems;
  if (container.item_fields.empty()) return ImageTag::kBytes;
  switch (program.types.Kind(container.item_fields[0].type)) {
    case TypeKind::kI16:
      return ImageTag::kI16;
    case TypeKind::kU16:
      return ImageTag::kU16;
    case TypeKind::kI32:
    case TypeKind::kU32:
      return ImageTag::kI32;
    case TypeKind::kI64:
    case TypeKind::kU64:
      return ImageTag::kI64;
    case TypeKind::kF32:
      return ImageTag::kF32;
    case TypeKind::kF64:
      return ImageTag::kF64;
    case TypeKind::kPtr:
      return ImageTag::kReferences;
    case TypeKind::kFunction:
      return ImageTag::kFunctions;
    default:
      return ImageTag::kBytes;
  }
}

FrozenImage MakeFrozenImage(const Program& program, const Reachable& reachable) {
  return ImageWriter(program, reachable).Run();
}

}  // namespace weft::backend_common
