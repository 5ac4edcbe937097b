#include "backend_jvm/jar.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "common/check.h"

namespace weft::backend_jvm {

namespace {

// Big-endian, as Java's DataInputStream reads.
void PutForJava(uint64_t value, int size, std::string* out) {
  for (int i = size; i-- > 0;) *out += static_cast<char>(value >> (8 * i));
}

// Little-endian, as archives are.
void Put(uint32_t value, int size, std::string* out) {
  for (int i = 0; i < size; ++i) *out += static_cast<char>(value >> (8 * i));
}

// As String.hashCode() has it.
uint32_t HashForJava(std::string_view name) {
  uint32_t hash = 0;
  for (char c : name) hash = 31 * hash + static_cast<unsigned char>(c);
  return hash;
}

// "lox/Value" of "lox/Value.class".
std::string NameOf(const JarEntry& file) {
  return file.path.substr(0, file.path.size() - std::string_view(".class").size());
}

std::string Deflate(const std::string& bytes) {
  z_stream stream = {};
  // A negative window: no header of zlib's.
  int ok = deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  WEFT_CHECK(ok == Z_OK, "zlib does not start");
  std::string result(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  ok = deflate(&stream, Z_FINISH);
  WEFT_CHECK(ok == Z_STREAM_END, "zlib does not finish");
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

// 1 January 1980, the first day that archives know.
constexpr uint32_t kNoTime = 0;
constexpr uint32_t kFirstDay = (1 << 5) | 1;
constexpr uint32_t kVersion = 20;
constexpr uint32_t kUtf8Names = 0x800;
// Bytes from which on a class is compressed by itself.
constexpr size_t kLargeClass = 8192;
// The classes that a start needs first are not compressed: to unpack them would take it longer than
// to read them. Of those from a size on only so many bytes, or jars would become too large.
constexpr size_t kMediumClass = 4096;
constexpr size_t kUnpacked = 160 << 10;

constexpr uint32_t kStored = 0;
constexpr uint32_t kDeflated = 8;

}  // namespace

JarEntry MakeClassesEntry(const std::vector<JarEntry>& classes,
                          const std::vector<std::string>& first) {
  size_t slot_count = 1;
  while (slot_count < 2 * classes.size()) slot_count *= 2;
  std::vector<std::optional<size_t>> slots(slot_count);
  // The first has what a start needs first and is not compressed, the second other small classes.
  std::vector<std::string> pieces(2);
  std::map<std::string, size_t> rank;
  for (size_t i = 0; i < first.size(); ++i) rank.emplace(first[i], i);
  std::vector<const JarEntry*> firsts(first.size());
  std::vector<const JarEntry*> others;
  for (const JarEntry& file : classes) {
    auto at = rank.find(NameOf(file));
    (at != rank.end() ? firsts[at->second] : others.emplace_back()) = &file;
  }
  std::string records;
  std::vector<size_t> first_records;
  auto add = [&](const JarEntry& file, bool is_first) {
    std::string name = NameOf(file);
    std::replace(name.begin(), name.end(), '/', '.');
    size_t slot = HashForJava(name) & (slot_count - 1);
    while (slots[slot]) slot = (slot + 1) & (slot_count - 1);
    slots[slot] = records.size();
    if (is_first) first_records.push_back(records.size());
    size_t size = file.bytes.size();
    bool fits = size < kMediumClass || pieces[0].size() + size <= kUnpacked;
    size_t piece = is_first && fits ? 0 : size < kLargeClass ? 1 : pieces.size();
    if (piece == pieces.size()) pieces.emplace_back();
    PutForJava(piece, 4, &records);
    PutForJava(pieces[piece].size(), 4, &records);
    PutForJava(file.bytes.size(), 4, &records);
    PutForJava(HashForJava(name), 4, &records);
    PutForJava(name.size(), 4, &records);
    records += name;
    pieces[piece] += file.bytes;
  };
  for (const JarEntry* file : firsts) {
    if (file != nullptr) add(*file, true);
  }
  for (const JarEntry* file : others) add(*file, false);
  JarEntry entry{.path = "weft/classes", .bytes = "", .is_packed = true};
  PutForJava(slot_count, 4, &entry.bytes);
  PutForJava(pieces.size(), 4, &entry.bytes);
  PutForJava(first_records.size(), 4, &entry.bytes);
  size_t start = 12 + 4 * slot_count + 12 * pieces.size() + 4 * first_records.size();
  for (auto slot : slots) PutForJava(slot ? start + *slot : 0, 4, &entry.bytes);
  std::string packed_pieces;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const std::string& piece = pieces[i];
    std::string packed = i == 0 ? piece : Deflate(piece);
    PutForJava(start + records.size() + packed_pieces.size(), 4, &entry.bytes);
    PutForJava(packed.size(), 4, &entry.bytes);
    PutForJava(piece.size(), 4, &entry.bytes);
    packed_pieces += packed;
  }
  for (size_t record : first_records) PutForJava(start + record, 4, &entry.bytes);
  entry.bytes += records + packed_pieces;
  return entry;
}

std::string MakeJar(const std::vector<JarEntry>& entries) {
  std::string file;
  std::string directory;
  for (const JarEntry& entry : entries) {
    std::string packed = entry.is_packed ? entry.bytes : Deflate(entry.bytes);
    auto checksum =
        static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(entry.bytes.data()),
                                    static_cast<uInt>(entry.bytes.size())));
    std::string header;
    Put(kVersion, 2, &header);
    Put(kUtf8Names, 2, &header);
    Put(entry.is_packed ? kStored : kDeflated, 2, &header);
    Put(kNoTime, 2, &header);
    Put(kFirstDay, 2, &header);
    Put(checksum, 4, &header);
    Put(static_cast<uint32_t>(packed.size()), 4, &header);
    Put(static_cast<uint32_t>(entry.bytes.size()), 4, &header);
    Put(static_cast<uint32_t>(entry.path.size()), 2, &header);
    Put(0, 2, &header);
    auto offset = static_cast<uint32_t>(file.size());
    Put(0x04034b50, 4, &file);
    file += header + entry.path + packed;
    Put(0x02014b50, 4, &directory);
    Put(kVersion, 2, &directory);
    directory += header;
    // No comment, the first volume, no attributes.
    Put(0, 2, &directory);
    Put(0, 2, &directory);
    Put(0, 2, &directory);
    Put(0, 4, &directory);
    Put(offset, 4, &directory);
    directory += entry.path;
  }
  auto start = static_cast<uint32_t>(file.size());
  file += directory;
  Put(0x06054b50, 4, &file);
  Put(0, 2, &file);
  Put(0, 2, &file);
  Put(static_cast<uint32_t>(entries.size()), 2, &file);
  Put(static_cast<uint32_t>(entries.size()), 2, &file);
  Put(static_cast<uint32_t>(directory.size()), 4, &file);
  Put(start, 4, &file);
  Put(0, 2, &file);
  return file;
}

}  // namespace weft::backend_jvm
