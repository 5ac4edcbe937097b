#ifndef WEFT_BACKEND_JVM_CLASS_FILE_H_
#define WEFT_BACKEND_JVM_CLASS_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

// Class files of version 61 (Java 17), as chapter 4 of the Java Virtual Machine Specification has
// them.
namespace weft::backend_jvm {

// Big-endian bytes.
class Bytes {
 public:
  void U1(uint32_t value) { data_ += static_cast<char>(value); }
  void U2(uint32_t value) {
    U1(value >> 8);
    U1(value);
  }
  void U4(uint32_t value) {
    U2(value >> 16);
    U2(value);
  }
  void U8(uint64_t value) {
    U4(static_cast<uint32_t>(value >> 32));
    U4(static_cast<uint32_t>(value));
  }
  void Append(std::string_view bytes) { data_ += bytes; }
  void SetU2(size_t at, uint32_t value) {
    data_[at] = static_cast<char>(value >> 8);
    data_[at + 1] = static_cast<char>(value);
  }
  void SetU4(size_t at, uint32_t value) {
    SetU2(at, value >> 16);
    SetU2(at + 2, value);
  }
  size_t size() const { return data_.size(); }
  const std::string& data() const { return data_; }

 private:
  std::string data_;
};

// The names of a class's constants: equal ones are one. Indices are those of the class file. A pool
// holds 65,534 entries.
class ConstantPool {
 public:
  uint16_t Utf8(std::string_view text);
  uint16_t Class(std::string_view internal_name);
  uint16_t String(std::string_view text);
  uint16_t Int(int32_t value);
  uint16_t Long(int64_t value);
  // By bits, so that NaNs and zeros stay what they are.
  uint16_t Float(uint32_t bits);
  uint16_t Double(uint64_t bits);
  uint16_t Field(std::string_view owner, std::string_view name, std::string_view descriptor);
  uint16_t Method(std::string_view owner, std::string_view name, std::string_view descriptor,
                  bool is_interface = false);

  // The internal name of a class entry.
  const std::string& ClassName(uint16_t index) const { return class_names_.at(index); }
  size_t count() const { return next_; }
  const std::string& bytes() const { return bytes_.data(); }

  // What an entry says, for listings: "lox/Value.Text()Lweft/rt/Str;".
  const std::string& Describe(uint16_t index) const;

 private:
  uint16_t Add(std::string key, std::string_view entry, std::string description, int slots = 1);

  uint32_t next_ = 1;
  Bytes bytes_;
  absl::flat_hash_map<std::string, uint16_t> index_;
  absl::flat_hash_map<uint16_t, std::string> class_names_;
  absl::flat_hash_map<uint16_t, std::string> descriptions_;
};

// Text as class files spell it: UTF-8 in which NUL takes two bytes and characters beyond the basic
// plane are pairs of surrogates.
std::string ModifiedUtf8(std::string_view text);

enum Access : uint16_t {
  kPublic = 0x0001,
  kPrivate = 0x0002,
  kStatic = 0x0008,
  kFinal = 0x0010,
  kSuper = 0x0020,
  // A field that never changes once its object is made. The JVM makes nothing of it; `final` would
  // ask for more than C++ does, that nobody but the object's own class writes it.
  kTransient = 0x0080,
  kInterface = 0x0200,
  kAbstract = 0x0400,
  kSynthetic = 0x1000,
};

struct FieldEntry {
  uint16_t access = kPublic;
  std::string name;
  std::string descriptor;
};

struct MethodEntry {
  uint16_t access = kPublic;
  std::string name;
  std::string descriptor;
  // The body of the Code attribute; empty for an abstract method.
  std::string code;
};

struct ClassFile {
  uint16_t access = kPublic | kSuper;
  // Internal names, "java/lang/Object".
  std::string name;
  std::string super = "java/lang/Object";
  std::vector<std::string> interfaces;
  std::vector<FieldEntry> fields;
  std::vector<MethodEntry> methods;
  // What stack traces call the file; may be empty.
  std::string source_file;
  ConstantPool pool;

  // Adds what is named here to the pool, and gives the bytes.
  std::string Serialize();
};

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_CLASS_FILE_H_
