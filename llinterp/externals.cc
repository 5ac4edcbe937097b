#include "llinterp/externals.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace weft::llinterp {
namespace {

using Run = uint64_t (*)(OutsideWorld&, const uint64_t*);

double ToDouble(uint64_t bits) { return std::bit_cast<double>(bits); }
uint64_t FromDouble(double value) { return std::bit_cast<uint64_t>(value); }
uint64_t FromInt(int64_t value) { return static_cast<uint64_t>(value); }

template <double (*kFunction)(double)>
uint64_t Math1(OutsideWorld&, const uint64_t* args) {
  return FromDouble(kFunction(ToDouble(args[0])));
}

template <double (*kFunction)(double, double)>
uint64_t Math2(OutsideWorld&, const uint64_t* args) {
  return FromDouble(kFunction(ToDouble(args[0]), ToDouble(args[1])));
}

std::string CString(const OutsideWorld& world, uint64_t str) {
  return std::string(world.memory.BytesOf(str));
}

// A part of a string or byte array: pointer, offset, length.
std::string_view Part(const OutsideWorld& world, const uint64_t* args) {
  return {world.memory.Item(args[0], static_cast<int64_t>(args[1])), static_cast<size_t>(args[2])};
}

// Copies as much of the text as fits into a byte array, and gives its length.
uint64_t Fill(const OutsideWorld& world, uint64_t buffer, std::string_view text) {
  size_t room = static_cast<size_t>(world.memory.LengthOf(buffer));
  std::memcpy(world.memory.Item(buffer, 0), text.data(), std::min(room, text.size()));
  return text.size();
}

uint64_t OsPrint(OutsideWorld& world, const uint64_t* args) {
  world.Print(Part(world, args));
  return 0;
}

uint64_t OsFlush(OutsideWorld& world, const uint64_t*) {
  world.Flush();
  return 0;
}

uint64_t OsOpen(OutsideWorld& world, const uint64_t* args) {
  static constexpr int kFlags[] = {O_RDONLY, O_WRONLY | O_CREAT | O_TRUNC,
                                   O_WRONLY | O_CREAT | O_APPEND};
  if (args[1] > 2) return FromInt(-EINVAL);
  std::string path = CString(world, args[0]);
  if (path.find('\0') != std::string::npos) return FromInt(-ENOENT);
  int fd = open(path.c_str(), kFlags[args[1]] | O_CLOEXEC, 0666);
  return FromInt(fd < 0 ? -errno : fd);
}

uint64_t OsClose(OutsideWorld&, const uint64_t* args) {
  return FromInt(close(static_cast<int>(args[0])) < 0 ? -errno : 0);
}

uint64_t OsRead(OutsideWorld& world, const uint64_t* args) {
  if (args[0] == 0) world.Flush();
  ssize_t count =
      read(static_cast<int>(args[0]), world.memory.Item(args[1], static_cast<int64_t>(args[2])),
           static_cast<size_t>(args[3]));
  return FromInt(count < 0 ? -errno : count);
}

uint64_t OsWrite(OutsideWorld& world, const uint64_t* args) {
  return FromInt(world.Write(static_cast<int64_t>(args[0]), Part(world, args + 1)));
}

uint64_t OsIsTerminal(OutsideWorld&, const uint64_t* args) {
  return isatty(static_cast<int>(args[0])) != 0;
}

uint64_t OsErrorText(OutsideWorld& world, const uint64_t* args) {
  return Fill(world, args[1], std::strerror(static_cast<int>(args[0])));
}

uint64_t OsGetenv(OutsideWorld& world, const uint64_t* args) {
  const char* value = std::getenv(CString(world, args[0]).c_str());
  return value == nullptr ? FromInt(-1) : Fill(world, args[1], value);
}

uint64_t OsCpuSeconds(OutsideWorld&, const uint64_t*) {
  return FromDouble(static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
}

uint64_t OsWallSeconds(OutsideWorld&, const uint64_t*) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return FromDouble(static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9);
}

uint64_t OsMonotonic(OutsideWorld&, const uint64_t*) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return FromInt(int64_t{now.tv_sec} * 1000000000 + now.tv_nsec);
}

uint64_t OsExit(OutsideWorld& world, const uint64_t* args) {
  world.has_exited = true;
  world.exit_code = static_cast<int32_t>(args[0]);
  return 0;
}

absl::flat_hash_map<std::string_view, External> MakeTable() {
  absl::flat_hash_map<std::string_view, External> table;
#define WEFT_MATH_1(name) table[#name] = {Math1<std::name>, false};
#define WEFT_MATH_2(name) table[#name] = {Math2<std::name>, false};
  WEFT_MATH_1(sqrt)
  WEFT_MATH_1(cbrt)
  WEFT_MATH_1(floor)
  WEFT_MATH_1(ceil)
  WEFT_MATH_1(trunc)
  WEFT_MATH_1(round)
  WEFT_MATH_1(fabs)
  WEFT_MATH_1(exp)
  WEFT_MATH_1(exp2)
  WEFT_MATH_1(expm1)
  WEFT_MATH_1(log)
  WEFT_MATH_1(log2)
  WEFT_MATH_1(log10)
  WEFT_MATH_1(log1p)
  WEFT_MATH_1(sin)
  WEFT_MATH_1(cos)
  WEFT_MATH_1(tan)
  WEFT_MATH_1(asin)
  WEFT_MATH_1(acos)
  WEFT_MATH_1(atan)
  WEFT_MATH_1(sinh)
  WEFT_MATH_1(cosh)
  WEFT_MATH_1(tanh)
  WEFT_MATH_1(asinh)
  WEFT_MATH_1(acosh)
  WEFT_MATH_1(atanh)
  WEFT_MATH_2(pow)
  WEFT_MATH_2(fmod)
  WEFT_MATH_2(atan2)
  WEFT_MATH_2(hypot)
#undef WEFT_MATH_1
#undef WEFT_MATH_2
  table["weft_os_print"] = {OsPrint, true};
  table["weft_os_flush"] = {OsFlush, true};
  table["weft_os_open"] = {OsOpen, true};
  table["weft_os_close"] = {OsClose, true};
  table["weft_os_read"] = {OsRead, true};
  table["weft_os_write"] = {OsWrite, true};
  table["weft_os_write_bytes"] = {OsWrite, true};
  table["weft_os_is_terminal"] = {OsIsTerminal, true};
  table["weft_os_error_text"] = {OsErrorText, true};
  table["weft_os_getenv"] = {OsGetenv, true};
  table["weft_os_cpu_seconds"] = {OsCpuSeconds, true};
  table["weft_os_wall_seconds"] = {OsWallSeconds, true};
  table["weft_os_monotonic_nanoseconds"] = {OsMonotonic, true};
  table["weft_os_exit"] = {OsExit, true};
  return table;
}

}  // namespace

External FindExternal(std::string_view symbol) {
  static const auto* const table = new absl::flat_hash_map<std::string_view, External>(MakeTable());
  auto it = table->find(symbol);
  return it == table->end() ? External() : it->second;
}

void OutsideWorld::Print(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() >= 65536) Flush();
}

void OutsideWorld::Flush() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    int64_t count = Write(1, left);
    if (count <= 0) break;
    left.remove_prefix(static_cast<size_t>(count));
  }
  buffer_.clear();
}

int64_t OutsideWorld::Write(int64_t fd, std::string_view bytes) {
  if (write_ != nullptr && (fd == 1 || fd == 2)) {
    write_(static_cast<int>(fd), bytes);
    return static_cast<int64_t>(bytes.size());
  }
  ssize_t count = ::write(static_cast<int>(fd), bytes.data(), bytes.size());
  return count < 0 ? -errno : count;
}

}  // namespace weft::llinterp
