using System;
using System.Runtime.InteropServices;

namespace Weft {

// The externals of dsl/os.h, under their symbols: POSIX, and a buffer for standard output.
public static class Os {
  const string kLibC = "libc";

  [DllImport(kLibC, SetLastError = true)]
  static extern int open(byte[] path, int flags, uint mode);
  [DllImport(kLibC, SetLastError = true)]
  static extern int close(int fd);
  [DllImport(kLibC, SetLastError = true)]
  static extern IntPtr read(int fd, ref byte buffer, IntPtr count);
  [DllImport(kLibC, SetLastError = true)]
  static extern IntPtr write(int fd, ref byte bytes, IntPtr count);
  [DllImport(kLibC)]
  static extern int isatty(int fd);
  [DllImport(kLibC)]
  static extern IntPtr strerror(int code);
  [DllImport(kLibC)]
  static extern IntPtr clock();
  [DllImport(kLibC)]
  static extern void _exit(int code);

  const int kNoEntry = 2;
  const int kInterrupted = 4;
  const int kInvalid = 22;

  static int Error() { return -Marshal.GetLastWin32Error(); }

  // ---- Standard output, until it is full or flushed. For a terminal every line goes out at once.

  static readonly byte[] output = new byte[32768];
  static int output_length;
  static int terminal = -1;

  // A broken pipe or a full disk has no one to be reported to here; the bytes are lost, as they are
  // with stdio.
  static void WriteAll(int fd, byte[] bytes, int start, int length) {
    while (length > 0) {
      int count = (int)write(fd, ref bytes[start], (IntPtr)length);
      if (count < 0) {
        if (Marshal.GetLastWin32Error() == kInterrupted) continue;
        return;
      }
      start += count;
      length -= count;
    }
  }

  // Standard error has no buffer.
  public static void WriteError(byte[] bytes) { WriteAll(2, bytes, 0, bytes.Length); }

  public static void flush() {
    int length = output_length;
    output_length = 0;
    WriteAll(1, output, 0, length);
  }

  public static void weft_os_flush() { flush(); }

  public static void weft_os_print(Str text, long offset, long length) {
    byte[] bytes = text.bytes;
    int start = (int)offset;
    int count = (int)length;
    if (count > output.Length - output_length) {
      flush();
      if (count > output.Length) {
        WriteAll(1, bytes, start, count);
        return;
      }
    }
    Str.Copy(output, output_length, bytes, start, count);
    output_length += count;
    if (terminal < 0) terminal = isatty(1) != 0 ? 1 : 0;
    if (terminal == 1 && count > 0 && Holds(bytes, (byte)'\n', start, count)) flush();
  }

  // The host's own search makes it compile a comparer first.
  static bool Holds(byte[] bytes, byte wanted, int start, int count) {
    for (int i = start; i < start + count; ++i) {
      if (bytes[i] == wanted) return true;
    }
    return false;
  }

  // ---- Files.

  // With a NUL behind it; null when there is one in it.
  static byte[] CString(Str text) {
    if (Holds(text.bytes, 0, 0, text.bytes.Length)) return null;
    byte[] bytes = new byte[text.bytes.Length + 1];
    Str.Copy(bytes, 0, text.bytes, 0, text.bytes.Length);
    return bytes;
  }

  public static long weft_os_open(Str path, int mode) {
    // The flags of Linux, with O_CLOEXEC.
    const int kWriteOnly = 1, kCreate = 0x40, kTruncate = 0x200, kAppend = 0x400, kClose = 0x80000;
    int flags = kClose;
    if (mode < 0 || mode > 2) return -kInvalid;
    if (mode == 1) flags |= kWriteOnly | kCreate | kTruncate;
    if (mode == 2) flags |= kWriteOnly | kCreate | kAppend;
    byte[] name = CString(path);
    if (name == null) return -kNoEntry;
    int fd = open(name, flags, 0x1b6);
    return fd < 0 ? Error() : fd;
  }

  public static long weft_os_close(long fd) { return close((int)fd) < 0 ? Error() : 0; }

  // What `ref bytes[start]` needs when there is no such byte.
  static byte nothing;

  public static long weft_os_read(long fd, byte[] buffer, long offset, long length) {
    if (fd == 0) flush();
    if (length == 0) return 0;
    long count = (long)read((int)fd, ref buffer[(int)offset], (IntPtr)length);
    return count < 0 ? Error() : count;
  }

  public static long weft_os_write(long fd, Str text, long offset, long length) {
    return weft_os_write_bytes(fd, text.bytes, offset, length);
  }

  public static long weft_os_write_bytes(long fd, byte[] bytes, long offset, long length) {
    // What was printed before comes out before.
    if (fd == 1) flush();
    long count = length == 0 ? (long)write((int)fd, ref nothing, IntPtr.Zero)
                             : (long)write((int)fd, ref bytes[(int)offset], (IntPtr)length);
    return count < 0 ? Error() : count;
  }

  public static bool weft_os_is_terminal(long fd) { return isatty((int)fd) != 0; }

  // ---- The rest of the world.

  // Fills an array of bytes with a text as far as it goes; gives the text's length.
  static long Fill(byte[] array, byte[] text) {
    Str.Copy(array, 0, text, 0, Math.Min(array.Length, text.Length));
    return text.Length;
  }

  public static long weft_os_error_text(int code, byte[] buffer) {
    string text = Marshal.PtrToStringAnsi(strerror(code));
    return Fill(buffer, System.Text.Encoding.UTF8.GetBytes(text));
  }

  public static long weft_os_getenv(Str name, byte[] buffer) {
    string value = Environment.GetEnvironmentVariable(Str.ToHost(name));
    return value == null ? -1 : Fill(buffer, System.Text.Encoding.UTF8.GetBytes(value));
  }

  // CLOCKS_PER_SEC is a million wherever there is POSIX.
  public static double weft_os_cpu_seconds() { return (double)(long)clock() / 1e6; }

  public static double weft_os_wall_seconds() {
    return (DateTime.UtcNow - new DateTime(1970, 1, 1)).Ticks / 1e7;
  }

  public static long weft_os_monotonic_nanoseconds() {
    long ticks = System.Diagnostics.Stopwatch.GetTimestamp();
    long frequency = System.Diagnostics.Stopwatch.Frequency;
    return ticks / frequency * 1000000000 + ticks % frequency * 1000000000 / frequency;
  }

  // The host would first wait for threads and finalizers.
  public static void weft_os_exit(int code) {
    flush();
    _exit(code);
  }
}

}
