#include "backend_c/runtime/os.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace weft::runtime {

namespace {

// Standard output, until it is full or flushed. For a terminal every line goes out at once.
constexpr size_t kBufferBytes = 32768;
char output[kBufferBytes];
size_t output_length = 0;
enum class Terminal { kUnknown, kYes, kNo };
Terminal terminal = Terminal::kUnknown;

// A broken pipe or a full disk has no one to be reported to here; the bytes are lost, as they are
// with stdio.
void WriteAll(int fd, const char* bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(fd, bytes, length);
    if (count < 0) {
      if (errno == EINTR) continue;
      return;
    }
    bytes += count;
    length -= static_cast<size_t>(count);
  }
}

uint8_t* ItemsOf(void* array) { return static_cast<uint8_t*>(array) + sizeof(weft_array); }

int64_t LengthOf(void* array) { return static_cast<weft_array*>(array)->length; }

// A string of the program as a C string. NULL when it contains a NUL byte, or when there is no
// memory. The caller frees it.
char* CString(void* object) {
  const weft_str* string = static_cast<const weft_str*>(object);
  size_t length = static_cast<size_t>(string->length);
  if (std::memchr(string->bytes, 0, length) != nullptr) return nullptr;
  char* text = static_cast<char*>(std::malloc(length + 1));
  if (text == nullptr) return nullptr;
  std::memcpy(text, string->bytes, length);
  text[length] = '\0';
  return text;
}

// Fills an array of bytes with a text as far as it goes; gives the text's length.
int64_t Fill(void* array, const char* text) {
  int64_t length = static_cast<int64_t>(std::strlen(text));
  int64_t room = LengthOf(array);
  std::memcpy(ItemsOf(array), text, static_cast<size_t>(length < room ? length : room));
  return length;
}

int64_t WriteSome(int64_t fd, const void* bytes, int64_t length) {
  // What was printed before comes out before.
  if (fd == 1) weft_os_flush();
  ssize_t count = write(static_cast<int>(fd), bytes, static_cast<size_t>(length));
  return count < 0 ? -errno : count;
}

}  // namespace
}  // namespace weft::runtime

using namespace weft::runtime;

void weft_os_flush(void) {
  size_t length = output_length;
  output_length = 0;
  WriteAll(1, output, length);
}

void weft_os_print(void* string, int64_t offset, int64_t length) {
  const char* bytes = reinterpret_cast<const char*>(static_cast<weft_str*>(string)->bytes) + offset;
  size_t count = static_cast<size_t>(length);
  if (count > kBufferBytes - output_length) {
    weft_os_flush();
    if (count > kBufferBytes) {
      WriteAll(1, bytes, count);
      return;
    }
  }
  std::memcpy(output + output_length, bytes, count);
  output_length += count;
  if (terminal == Terminal::kUnknown) terminal = isatty(1) ? Terminal::kYes : Terminal::kNo;
  if (terminal == Terminal::kYes && std::memchr(bytes, '\n', count) != nullptr) weft_os_flush();
}

int64_t weft_os_open(void* path, int32_t mode) {
  static const int kFlags[] = {O_RDONLY, O_WRONLY | O_CREAT | O_TRUNC,
                               O_WRONLY | O_CREAT | O_APPEND};
  if (mode < 0 || mode > 2) return -EINVAL;
  char* text = CString(path);
  if (text == nullptr) return -ENOENT;
  int fd = open(text, kFlags[mode] | O_CLOEXEC, 0666);
  int error = errno;
  std::free(text);
  return fd < 0 ? -error : fd;
}

int64_t weft_os_close(int64_t fd) { return close(static_cast<int>(fd)) < 0 ? -errno : 0; }

int64_t weft_os_read(int64_t fd, void* buffer, int64_t offset, int64_t length) {
  if (fd == 0) weft_os_flush();
  ssize_t count = read(static_cast<int>(fd), ItemsOf(buffer) + offset, static_cast<size_t>(length));
  return count < 0 ? -errno : count;
}

int64_t weft_os_write(int64_t fd, void* string, int64_t offset, int64_t length) {
  return WriteSome(fd, static_cast<weft_str*>(string)->bytes + offset, length);
}

int64_t weft_os_write_bytes(int64_t fd, void* bytes, int64_t offset, int64_t length) {
  return WriteSome(fd, ItemsOf(bytes) + offset, length);
}

bool weft_os_is_terminal(int64_t fd) { return isatty(static_cast<int>(fd)) != 0; }

int64_t weft_os_error_text(int32_t code, void* buffer) { return Fill(buffer, std::strerror(code)); }

int64_t weft_os_getenv(void* name, void* buffer) {
  char* text = CString(name);
  if (text == nullptr) return -1;
  const char* value = std::getenv(text);
  std::free(text);
  return value == nullptr ? -1 : Fill(buffer, value);
}

double weft_os_cpu_seconds(void) { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double weft_os_wall_seconds(void) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

int64_t weft_os_monotonic_nanoseconds(void) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000000000 + now.tv_nsec;
}

void weft_os_exit(int32_t code) {
  weft_os_flush();
  std::fflush(nullptr);
  std::_Exit(code);
}
