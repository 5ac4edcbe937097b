#include "backend_jvm/class_file.h"

#include <fmt/format.h>

#include <bit>

#include "common/check.h"

namespace weft::backend_jvm {

namespace {

enum Tag : uint8_t {
  kUtf8Tag = 1,
  kIntTag = 3,
  kFloatTag = 4,
  kLongTag = 5,
  kDoubleTag = 6,
  kClassTag = 7,
  kStringTag = 8,
  kFieldTag = 9,
  kMethodTag = 10,
  kInterfaceMethodTag = 11,
  kNameAndTypeTag = 12,
};

constexpr uint32_t kMagic = 0xcafebabe;
constexpr uint16_t kVersion = 61;

}  // namespace

std::string ModifiedUtf8(std::string_view text) {
  std::string result;
  auto three = [&](uint32_t c) {
    result += static_cast<char>(0xe0 | (c >> 12));
    result += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    result += static_cast<char>(0x80 | (c & 0x3f));
  };
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<uint8_t>(text[i]);
    if (c == 0) {
      result += "\xc0\x80";
    } else if (c >= 0xf0 && i + 3 < text.size()) {
      uint32_t point = (c & 7u) << 18;
      for (int j = 1; j < 4; ++j)
        point |= (static_cast<uint8_t>(text[i + j]) & 0x3fu) << (18 - 6 * j);
      point -= 0x10000;
      three(0xd800 | (point >> 10));
      three(0xdc00 | (point & 0x3ff));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

uint16_t ConstantPool::Add(std::string key, std::string_view entry, std::string description,
                           int slots) {
  auto index = static_cast<uint16_t>(next_);
  index_.emplace(std::move(key), index);
  descriptions_.emplace(index, std::move(description));
  bytes_.Append(entry);
  next_ += slots;
  WEFT_CHECK(next_ <= 0xffff, "a constant pool has more than 65,534 entries");
  return index;
}

const std::string& ConstantPool::Describe(uint16_t index) const {
  static const std::string nothing;
  auto at = descriptions_.find(index);
  return at == descriptions_.end() ? nothing : at->second;
}

uint16_t ConstantPool::Utf8(std::string_view text) {
  std::string key = fmt::format("u{}", text);
  if (auto at = index_.find(key); at != index_.end()) return at->second;
  std::string bytes = ModifiedUtf8(text);
  WEFT_CHECK(bytes.size() <= 0xffff, "a constant text of {} bytes", bytes.size());
  Bytes entry;
  entry.U1(kUtf8Tag);
  entry.U2(static_cast<uint32_t>(bytes.size()));
  entry.Append(bytes);
  return Add(std::move(key), entry.data(), std::string(text));
}

uint16_t ConstantPool::Class(std::string_view name) {
  std::string key = fmt::format("c{}", name);
  if (auto at = index_.find(key); at != index_.end()) return at->second;
  Bytes entry;
  entry.U1(kClassTag);
  entry.U2(Utf8(name));
  uint16_t index = Add(std::move(key), entry.data(), std::string(name));
  class_names_.emplace(index, name);
  return index;
}

uint16_t ConstantPool::String(std::string_view text) {
  std::string key = fmt::format("s{}", text);
  if (auto at = index_.find(key); at != index_.end()) return at->second;
  Bytes entry;
  entry.U1(kStringTag);
  entry.U2(Utf8(text));
  return Add(std::move(key), entry.data(), fmt::format("\"{}\"", text));
}

uint16_t ConstantPool::Int(int32_t value) {
  std::string key = fmt::format("i{}", value);
  if (auto at = index_.find(key); at != index_.end()) return at->second;
  Bytes entry;
  entry.U1(kIntTag);
  entry.U4(static_cast<uint32_t>(value));
  return Add(std::move(key), entry.data(), fmt::format("{}", value));
}

uint16_t ConstantPool::Long(int64_t value) {
  std::string key = fmt::format("l{}", value);
  if (auto at = index_.find(key); at != index_.end()) return at->second;
  Bytes entry;
  entry.U1(kLongTag);
  entry.U8(static_cast<uint64_t>(value));
  return Add(std::move(key), entry.data(), fmt::format("{}L", value), 2);
}

uint16_t ConstantPool::Float(uint32_t bits) {
  std::string key = fmt::format("f{}", bits);
  if (auto at = index_.find(key); at != index_.end()) return at->second;
  Bytes entry;
  entry.U1(kFloatTag);
  entry.U4(bits);
  return Add(std::move(key), entry.data(), fmt::format("{}f", std::bit_cast<float>(bits)));
}

uint16_t ConstantPool::Double(uint64_t bits) {
  std::string key = fmt::format("d{}", bits);
  if (auto at = index_.find(key); at != index_.end()) return at->second;
  Bytes entry;
  entry.U1(kDoubleTag);
  entry.U8(bits);
  return Add(std::move(key), entry.data(), fmt::format("{}", std::bit_cast<double>(bits)), 2);
}

uint16_t ConstantPool::Field(std::string_view owner, std::string_view name,
                             std::string_view descriptor) {
  std::string key = fmt::format("F{} {} {}", owner, name, descriptor);
  if (auto at = index_.find(key); at != index_.end()) return at->second;
  Bytes pair;
  pair.U1(kNameAndTypeTag);
  pair.U2(Utf8(name));
  pair.U2(Utf8(descriptor));
  std::string pair_key = fmt::format("n{} {}", name, descriptor);
  auto at = index_.find(pair_key);
  uint16_t pair_index = at != index_.end() ? at->second : Add(pair_key, pair.data(), "");
  Bytes entry;
  entry.U1(kFieldTag);
  entry.U2(Class(owner));
  entry.U2(pair_index);
  return Add(std::move(key), entry.data(), fmt::format("{}.{} {}", owner, name, descriptor));
}

uint16_t ConstantPool::Method(std::string_view owner, std::string_view name,
                              std::string_view descriptor, bool is_interface) {
  std::string key = fmt::format("{}{} {} {}", is_interface ? 'I' : 'M', owner, name, descriptor);
  if (auto at = index_.find(key); at != index_.end()) return at->second;
  Bytes pair;
  pair.U1(kNameAndTypeTag);
  pair.U2(Utf8(name));
  pair.U2(Utf8(descriptor));
  std::string pair_key = fmt::format("n{} {}", name, descriptor);
  auto at = index_.find(pair_key);
  uint16_t pair_index = at != index_.end() ? at->second : Add(pair_key, pair.data(), "");
  Bytes entry;
  entry.U1(is_interface ? kInterfaceMethodTag : kMethodTag);
  entry.U2(Class(owner));
  entry.U2(pair_index);
  return Add(std::move(key), entry.data(), fmt::format("{}.{}{}", owner, name, descriptor));
}

std::string ClassFile::Serialize() {
  Bytes body;
  body.U2(access);
  body.U2(pool.Class(name));
  body.U2(pool.Class(super));
  body.U2(static_cast<uint32_t>(interfaces.size()));
  for (const std::string& interface : interfaces) body.U2(pool.Class(interface));
  body.U2(static_cast<uint32_t>(fields.size()));
  for (const FieldEntry& field : fields) {
    body.U2(field.access);
    body.U2(pool.Utf8(field.name));
    body.U2(pool.Utf8(field.descriptor));
    body.U2(0);
  }
  body.U2(static_cast<uint32_t>(methods.size()));
  for (const MethodEntry& method : methods) {
    body.U2(method.access);
    body.U2(pool.Utf8(method.name));
    body.U2(pool.Utf8(method.descriptor));
    body.U2(method.code.empty() ? 0 : 1);
    if (method.code.empty()) continue;
    body.U2(pool.Utf8("Code"));
    body.U4(static_cast<uint32_t>(method.code.size()));
    body.Append(method.code);
  }
  body.U2(source_file.empty() ? 0 : 1);
  if (!source_file.empty()) {
    body.U2(pool.Utf8("SourceFile"));
    body.U4(2);
    body.U2(pool.Utf8(source_file));
  }
  Bytes file;
  file.U4(kMagic);
  file.U2(0);
  file.U2(kVersion);
  file.U2(static_cast<uint32_t>(pool.count()));
  file.Append(pool.bytes());
  file.Append(body.data());
  return file.data();
}

}  // namespace weft::backend_jvm
