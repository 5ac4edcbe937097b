#ifndef WEFT_DSL_OS_H_
#define WEFT_DSL_OS_H_

// The outside world: files, standard streams, clocks, the environment. The externals at the top are
// what every run time provides; they never allocate, never throw and report errors as negative
// errno values. The library below is what interpreters call.

#include <cstdint>

#include "dsl/array.h"
#include "dsl/exception.h"
#include "dsl/macros.h"
#include "dsl/str.h"
#ifndef __WEFT__
#include "dsl/direct_os.h"
#endif

namespace weft {

namespace os {

// How open() opens.
constexpr int32_t kRead = 0;
constexpr int32_t kWrite = 1;
constexpr int32_t kAppend = 2;

#ifdef __WEFT__

// Appends bytes to the run time's buffer for standard output. The run time writes the buffer out
// when it is full, on flush, before standard input is read, at the end of the program and before
// any message of a fatal error.
WEFT_EXTERNAL("weft_os_print") void print(Str bytes, int64_t offset, int64_t length);
WEFT_EXTERNAL("weft_os_flush") void flush();

// A file descriptor. kWrite truncates or creates, kAppend creates. A path with a NUL byte in it
// names nothing (ENOENT).
WEFT_EXTERNAL("weft_os_open") int64_t open(Str path, int32_t mode);
WEFT_EXTERNAL("weft_os_close") int64_t close(int64_t fd);

// How many bytes came; 0 at the end of the file.
WEFT_EXTERNAL("weft_os_read")
int64_t read(int64_t fd, Array<uint8_t> buffer, int64_t offset, int64_t length);

// How many bytes went, which may be fewer than asked.
WEFT_EXTERNAL("weft_os_write")
int64_t write(int64_t fd, Str bytes, int64_t offset, int64_t length);
WEFT_EXTERNAL("weft_os_write_bytes")
int64_t write_bytes(int64_t fd, Array<uint8_t> bytes, int64_t offset, int64_t length);

WEFT_EXTERNAL("weft_os_is_terminal") bool is_terminal(int64_t fd);

// The text for an errno: fills the buffer as far as it goes and gives the text's length.
WEFT_EXTERNAL("weft_os_error_text") int64_t error_text(int32_t code, Array<uint8_t> buffer);

// The value of an environment variable: fills the buffer as far as it goes and gives the value's
// length, or -1.
WEFT_EXTERNAL("weft_os_getenv") int64_t getenv(Str name, Array<uint8_t> buffer);

// Processor time used so far, in seconds, as clock() / CLOCKS_PER_SEC.
WEFT_EXTERNAL("weft_os_cpu_seconds") double cpu_seconds();
// Seconds since the start of 1970.
WEFT_EXTERNAL("weft_os_wall_seconds") double wall_seconds();
// Nanoseconds since some moment; never goes back.
WEFT_EXTERNAL("weft_os_monotonic_nanoseconds") int64_t monotonic_nanoseconds();

// Ends the program at once, after writing out standard output. No scope guard runs.
[[noreturn]] WEFT_EXTERNAL("weft_os_exit") void exit(int32_t code);

#endif

}  // namespace os

// From here on: library, one face.

inline void print(Str s) { os::print(s, 0, s.length()); }

inline void println(Str s) {
  os::print(s, 0, s.length());
  os::print("\n", 0, 1);
}

inline void flush() { os::flush(); }

// Ends the program with this exit code. No scope guard runs.
[[noreturn]] inline void exit_program(int32_t code) { os::exit(code); }

inline OSError* new_os_error(int64_t negative_errno, Str what) {
  int32_t code = static_cast<int32_t>(-negative_errno);
  Array<uint8_t> buffer(128);
  int64_t length = os::error_text(code, buffer);
  if (length > buffer.length()) length = buffer.length();
  return new OSError(code, what + ": " + str_from_bytes(buffer, 0, length));
}

// Opens a file or throws OSError.
inline int64_t open_file(Str path, int32_t mode) {
  int64_t fd = os::open(path, mode);
  if (fd < 0) throw new_os_error(fd, path);
  return fd;
}

// Writes all of it or throws OSError.
inline void write_all(int64_t fd, Str bytes) {
  int64_t done = 0;
  while (done < bytes.length()) {
    int64_t count = os::write(fd, bytes, done, bytes.length() - done);
    if (count < 0) throw new_os_error(count, "write");
    done += count;
  }
}

// Standard error is not buffered. Errors in writing to it are ignored: there is nobody to tell.
inline void eprint(Str s) {
  int64_t done = 0;
  while (done < s.length()) {
    int64_t count = os::write(2, s, done, s.length() - done);
    if (count <= 0) return;
    done += count;
  }
}

inline void eprintln(Str s) { eprint(s + "\n"); }

// Closes the descriptor when the scope is left.
class FileCloser {
 public:
  explicit FileCloser(int64_t fd) : fd_(fd) {}
  FileCloser(const FileCloser&) = delete;
  ~FileCloser() { os::close(fd_); }

 private:
  int64_t fd_;
};

// Everything that can still be read from the descriptor.
inline Str read_all(int64_t fd) {
  Array<uint8_t> buffer(65536);
  int64_t length = 0;
  while (true) {
    if (length == buffer.length()) buffer = resized(buffer, 2 * length);
    int64_t count = os::read(fd, buffer, length, buffer.length() - length);
    if (count < 0) throw new_os_error(count, "read");
    if (count == 0) return str_from_bytes(buffer, 0, length);
    length += count;
  }
}

inline Str read_file(Str path) {
  int64_t fd = open_file(path, os::kRead);
  FileCloser closer(fd);
  try {
    return read_all(fd);
  } catch (OSError* e) {
    throw new_os_error(-e->code, path);
  }
}

inline void write_file(Str path, Str content) {
  int64_t fd = open_file(path, os::kWrite);
  FileCloser closer(fd);
  write_all(fd, content);
}

// The value of an environment variable, or a null string.
inline Str environment(Str name) {
  Array<uint8_t> buffer(256);
  int64_t length = os::getenv(name, buffer);
  if (length < 0) return nullptr;
  if (length > buffer.length()) {
    buffer = Array<uint8_t>(length);
    os::getenv(name, buffer);
  }
  return str_from_bytes(buffer, 0, length);
}

// Lines from a descriptor, one at a time.
class LineReader : public Object {
 public:
  explicit LineReader(int64_t fd) : fd_(fd), buffer_(4096), start_(0), end_(0) {}

  // The next line without its newline, or a null string at the end. A last line without a newline
  // counts.
  Str read_line() {
    int64_t scanned = start_;
    while (true) {
      for (; scanned < end_; scanned++) {
        if (buffer_[scanned] == '\n') {
          Str line = str_from_bytes(buffer_, start_, scanned - start_);
          start_ = scanned + 1;
          return line;
        }
      }
      if (start_ > 0) {
        array_copy(buffer_, 0, buffer_, start_, end_ - start_);
        end_ -= start_;
        scanned -= start_;
        start_ = 0;
      }
      if (end_ == buffer_.length()) buffer_ = resized(buffer_, 2 * end_);
      int64_t count = os::read(fd_, buffer_, end_, buffer_.length() - end_);
      if (count < 0) throw new_os_error(count, "read");
      if (count == 0) {
        if (start_ == end_) return nullptr;
        Str line = str_from_bytes(buffer_, start_, end_ - start_);
        start_ = end_;
        return line;
      }
      end_ += count;
    }
  }

 private:
  int64_t fd_;
  Array<uint8_t> buffer_;
  int64_t start_;
  int64_t end_;
};

// Gathers what is written to a descriptor into large writes. flush() before the descriptor is
// closed.
class FileWriter : public Object {
 public:
  explicit FileWriter(int64_t fd) : fd_(fd), buffer_(65536), length_(0) {}

  void write(Str s) {
    int64_t done = 0;
    while (done < s.length()) {
      if (length_ == buffer_.length()) flush();
      int64_t room = buffer_.length() - length_;
      int64_t count = s.length() - done < room ? s.length() - done : room;
      str_to_bytes_copy(buffer_, length_, s, done, count);
      length_ += count;
      done += count;
    }
  }

  void flush() {
    int64_t done = 0;
    while (done < length_) {
      int64_t count = os::write_bytes(fd_, buffer_, done, length_ - done);
      if (count < 0) throw new_os_error(count, "write");
      done += count;
    }
    length_ = 0;
  }

 private:
  int64_t fd_;
  Array<uint8_t> buffer_;
  int64_t length_;
};

}  // namespace weft

#endif  // WEFT_DSL_OS_H_
