#include "common/file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace weft {

namespace {

Error SystemError(int number) { return Error(std::strerror(number)); }

}  // namespace

ErrorOr<std::string> ReadFile(const std::string& path) {
  FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return SystemError(errno);
  struct stat status;
  if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
    std::fclose(file);
    return SystemError(EISDIR);
  }
  std::string text;
  char buffer[1 << 16];
  size_t count;
  while ((count = std::fread(buffer, 1, sizeof buffer, file)) > 0) text.append(buffer, count);
  int failure = std::ferror(file) ? errno : 0;
  std::fclose(file);
  if (failure != 0) return SystemError(failure);
  return text;
}

ErrorOr<Success> WriteFile(const std::string& path, std::string_view text) {
  FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return SystemError(errno);
  int failure = 0;
  if (std::fwrite(text.data(), 1, text.size(), file) != text.size()) failure = errno;
  if (std::fclose(file) != 0 && failure == 0) failure = errno;
  if (failure != 0) return SystemError(failure);
  return Success{};
}

}  // namespace weft
