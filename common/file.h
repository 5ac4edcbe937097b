#ifndef WEFT_COMMON_FILE_H_
#define WEFT_COMMON_FILE_H_

#include <string>
#include <string_view>

#include "common/error.h"

namespace weft {

// The whole of a file. The error is the system's own reason ("No such file or directory"), without
// the path, for the caller to put into its sentence. A folder is refused as one.
ErrorOr<std::string> ReadFile(const std::string& path);

// Writes a file as a whole, or says why not; the error reads like that of ReadFile. Failing to
// write the last byte counts.
ErrorOr<Success> WriteFile(const std::string& path, std::string_view text);

}  // namespace weft

#endif  // WEFT_COMMON_FILE_H_
