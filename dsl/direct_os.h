#ifndef WEFT_DSL_DIRECT_OS_H_
#define WEFT_DSL_DIRECT_OS_H_

// The direct build's externals of os.h: POSIX, and stdio's buffer for standard output.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "dsl/array.h"
#include "dsl/str.h"

namespace weft::direct {

inline const char* c_string(Str str) { return reinterpret_cast<const char*>(str.data()->bytes); }

// Fills the buffer as far as it goes and gives the text's length.
inline int64_t fill_buffer(const char* text, Array<uint8_t> buffer) {
  int64_t length = static_cast<int64_t>(std::strlen(text));
  int64_t copied = length < buffer.length() ? length : buffer.length();
  std::memcpy(buffer.data()->items(), text, static_cast<size_t>(copied));
  return length;
}

}  // namespace weft::direct

namespace weft::os {

inline void print(Str bytes, int64_t offset, int64_t length) {
  std::fwrite(bytes.data()->bytes + offset, 1, static_cast<size_t>(length), stdout);
}

inline void flush() { std::fflush(stdout); }

inline int64_t open(Str path, int32_t mode) {
  constexpr int kFlags[] = {O_RDONLY, O_WRONLY | O_CREAT | O_TRUNC, O_WRONLY | O_CREAT | O_APPEND};
  // A name with a NUL in it names nothing.
  if (static_cast<int64_t>(std::strlen(direct::c_string(path))) != path.length()) return -ENOENT;
  int fd = ::open(direct::c_string(path), kFlags[mode] | O_CLOEXEC, 0666);
  return fd < 0 ? -errno : fd;
}

inline int64_t close(int64_t fd) { return ::close(static_cast<int>(fd)) < 0 ? -errno : 0; }

inline int64_t read(int64_t fd, Array<uint8_t> buffer, int64_t offset, int64_t length) {
  if (fd == 0) std::fflush(stdout);
  int64_t count =
      ::read(static_cast<int>(fd), buffer.data()->items() + offset, static_cast<size_t>(length));
  return count < 0 ? -errno : count;
}

inline int64_t write(int64_t fd, Str bytes, int64_t offset, int64_t length) {
  int64_t count =
      ::write(static_cast<int>(fd), bytes.data()->bytes + offset, static_cast<size_t>(length));
  return count < 0 ? -errno : count;
}

inline int64_t write_bytes(int64_t fd, Array<uint8_t> bytes, int64_t offset, int64_t length) {
  int64_t count =
      ::write(static_cast<int>(fd), bytes.data()->items() + offset, static_cast<size_t>(length));
  return count < 0 ? -errno : count;
}

inline bool is_terminal(int64_t fd) { return ::isatty(static_cast<int>(fd)) != 0; }

inline int64_t error_text(int32_t code, Array<uint8_t> buffer) {
  return direct::fill_buffer(std::strerror(code), buffer);
}

inline int64_t getenv(Str name, Array<uint8_t> buffer) {
  const char* text = std::getenv(direct::c_string(name));
  return text == nullptr ? -1 : direct::fill_buffer(text, buffer);
}

inline double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

inline double wall_seconds() {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

inline int64_t monotonic_nanoseconds() {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000000000 + now.tv_nsec;
}

[[noreturn]] inline void exit(int32_t code) {
  std::fflush(stdout);
  std::_Exit(code);
}

}  // namespace weft::os

#endif  // WEFT_DSL_DIRECT_OS_H_
