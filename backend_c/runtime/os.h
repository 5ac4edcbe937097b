#ifndef WEFT_BACKEND_C_RUNTIME_OS_H_
#define WEFT_BACKEND_C_RUNTIME_OS_H_

// The external functions that dsl/os.h declares; what each does is said there. They allocate no
// objects, raise nothing, and report errors as negative errno values. Strings and arrays of bytes
// come as pointers to their objects. The functions of dsl/math.h are the C library's.

#include <stdbool.h>
#include <stdint.h>

#include "gc/weft_gc.h"

#ifdef __cplusplus
extern "C" {
#endif

void weft_os_print(void* string, int64_t offset, int64_t length);
void weft_os_flush(void);
int64_t weft_os_open(void* path, int32_t mode);
int64_t weft_os_close(int64_t fd);
int64_t weft_os_read(int64_t fd, void* buffer, int64_t offset, int64_t length);
int64_t weft_os_write(int64_t fd, void* string, int64_t offset, int64_t length);
int64_t weft_os_write_bytes(int64_t fd, void* bytes, int64_t offset, int64_t length);
bool weft_os_is_terminal(int64_t fd);
int64_t weft_os_error_text(int32_t code, void* buffer);
int64_t weft_os_getenv(void* name, void* buffer);
double weft_os_cpu_seconds(void);
double weft_os_wall_seconds(void);
int64_t weft_os_monotonic_nanoseconds(void);
WEFT_NORETURN void weft_os_exit(int32_t code);

#ifdef __cplusplus
}
#endif

#endif  // WEFT_BACKEND_C_RUNTIME_OS_H_
