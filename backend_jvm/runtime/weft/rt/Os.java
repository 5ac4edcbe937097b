package weft.rt;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.charset.Charset;

/**
 * The operating system as dsl/os.h has it: files by number, errors as negative codes of POSIX,
 * standard output with a buffer.
 *
 * <p>What a start needs is little, and this is part of it: handlers are for Exception, because
 * IOException is not among the classes that the JVM has at hand, and would be loaded when the
 * handlers are verified.
 */
public final class Os {
  private static final int ENOENT = 2;
  private static final int EIO = 5;
  private static final int EBADF = 9;
  private static final int EINVAL = 22;

  private static final byte[] output = new byte[32768];
  private static int outputLength;
  private static FileOutputStream out;
  /** Whether a line is to be seen at once; null until somebody prints one. */
  private static Boolean isTerminal;

  /** By number; the standard streams come when they are used. */
  private static Object[] files = new Object[8];

  private Os() {}

  // ---- Text.

  private static Charset names() {
    String name = System.getProperty("sun.jnu.encoding");
    try {
      return name == null ? Str.UTF_8 : Charset.forName(name);
    } catch (IllegalArgumentException unknown) {
      return Str.UTF_8;
    }
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) if (b < 0) return false;
    return true;
  }

  @SuppressWarnings("deprecation")
  private static String text(Str str) {
    if (isAscii(str.bytes)) return new String(str.bytes, 0);
    return new String(str.bytes, names());
  }

  /** The program's arguments, its name first. */
  static Str[] arguments(String[] texts) {
    Str[] arguments = new Str[texts.length + 1];
    String name = System.getProperty("java.class.path");
    arguments[0] = Str.of(name == null ? "" : name);
    byte[][] raw = null;
    for (int i = 0; i < texts.length; ++i) {
      byte[] bytes = Str.encode(texts[i]);
      if (!isAscii(bytes)) {
        // The host may have read them in another encoding.
        if (raw == null) raw = rawArguments(texts.length);
        if (raw.length == texts.length) bytes = raw[i];
      }
      arguments[i + 1] = new Str(bytes);
    }
    return arguments;
  }

  private static byte[][] rawArguments(int count) {
    try (FileInputStream in = new FileInputStream("/proc/self/cmdline")) {
      byte[] line = in.readAllBytes();
      byte[][] result = new byte[count][];
      int end = line.length - 1;
      for (int i = count; i-- > 0; ) {
        int start = end;
        while (start > 0 && line[start - 1] != 0) --start;
        result[i] = java.util.Arrays.copyOfRange(line, start, end);
        end = start - 1;
      }
      return result;
    } catch (Exception error) {
      return new byte[0][];
    }
  }

  // ---- Standard streams.

  private static FileOutputStream out() {
    if (out == null) out = new FileOutputStream(FileDescriptor.out);
    return out;
  }

  public static void flush() {
    int length = outputLength;
    outputLength = 0;
    if (length == 0) return;
    try {
      out().write(output, 0, length);
    } catch (Exception lost) {
      // A broken pipe has no one to be reported to.
    }
  }

  public static void print(Str string, long offset, long length) {
    int start = (int) offset;
    int count = (int) length;
    if (count > output.length - outputLength) {
      flush();
      if (count > output.length) {
        try {
          out().write(string.bytes, start, count);
        } catch (Exception lost) {
          // As above.
        }
        return;
      }
    }
    System.arraycopy(string.bytes, start, output, outputLength, count);
    outputLength += count;
    if (isTerminal == null) isTerminal = is_terminal(1) != 0;
    if (!isTerminal) return;
    for (int i = 0; i < count; ++i) {
      if (string.bytes[start + i] == '\n') {
        flush();
        return;
      }
    }
  }

  static void error(byte[] bytes) {
    try {
      new FileOutputStream(FileDescriptor.err).write(bytes);
    } catch (Exception lost) {
      // As above.
    }
  }

  public static int is_terminal(long fd) {
    try {
      String path = new File("/proc/self/fd/" + fd).getCanonicalPath();
      return path.startsWith("/dev/pts/") || path.startsWith("/dev/tty") ? 1 : 0;
    } catch (Exception unknown) {
      return 0;
    }
  }

  // ---- Files.

  private static Object file(long fd) {
    if (fd < 0 || fd >= files.length) return null;
    int number = (int) fd;
    if (files[number] == null) {
      if (number == 0) files[0] = new FileInputStream(FileDescriptor.in);
      if (number == 1) files[1] = out();
      if (number == 2) files[2] = new FileOutputStream(FileDescriptor.err);
    }
    return files[number];
  }

  /** The host says what went wrong in words: "path (No such file or directory)". */
  private static long codeOf(Exception error) {
    String message = error.getMessage();
    if (message != null) {
      int end = message.lastIndexOf(')');
      int start = message.lastIndexOf('(', end);
      String reason = start >= 0 && end > start ? message.substring(start + 1, end) : message;
      for (int i = 1; i < Errors.TEXTS.length; ++i) {
        if (Errors.TEXTS[i] != null && Errors.TEXTS[i].equals(reason)) return -i;
      }
    }
    return -EIO;
  }

  public static long open(Str path, int mode) {
    if (mode < 0 || mode > 2) return -EINVAL;
    String name = text(path);
    if (name.isEmpty() || name.indexOf('\0') >= 0) return -ENOENT;
    Object file;
    try {
      file = mode == 0 ? new FileInputStream(name) : new FileOutputStream(name, mode == 2);
    } catch (Exception error) {
      return codeOf(error);
    }
    int fd = 3;
    while (fd < files.length && files[fd] != null) ++fd;
    if (fd == files.length) files = java.util.Arrays.copyOf(files, 2 * fd);
    files[fd] = file;
    return fd;
  }

  public static long close(long fd) {
    Object file = file(fd);
    if (file == null) return -EBADF;
    files[(int) fd] = null;
    try {
      ((java.io.Closeable) file).close();
    } catch (Exception error) {
      return codeOf(error);
    }
    return 0;
  }

  public static long read(long fd, byte[] buffer, long offset, long length) {
    if (fd == 0) flush();
    Object file = file(fd);
    if (!(file instanceof FileInputStream)) return -EBADF;
    try {
      int count = ((FileInputStream) file).read(buffer, (int) offset, (int) length);
      return Math.max(count, 0);
    } catch (Exception error) {
      return codeOf(error);
    }
  }

  public static long write(long fd, Str string, long offset, long length) {
    return write_bytes(fd, string.bytes, offset, length);
  }

  public static long write_bytes(long fd, byte[] bytes, long offset, long length) {
    // What was printed before comes out before.
    if (fd == 1) flush();
    Object file = file(fd);
    if (!(file instanceof FileOutputStream)) return -EBADF;
    try {
      ((FileOutputStream) file).write(bytes, (int) offset, (int) length);
      return length;
    } catch (Exception error) {
      return codeOf(error);
    }
  }

  private static long fill(byte[] buffer, byte[] text) {
    System.arraycopy(text, 0, buffer, 0, Math.min(buffer.length, text.length));
    return text.length;
  }

  public static long error_text(int code, byte[] buffer) {
    String text = code >= 0 && code < Errors.TEXTS.length ? Errors.TEXTS[code] : null;
    return fill(buffer, Str.encode(text == null ? "Unknown error " + code : text));
  }

  public static long getenv(Str name, byte[] buffer) {
    String value = System.getenv(text(name));
    return value == null ? -1 : fill(buffer, Str.encode(value));
  }

  // ---- Clocks.

  /** Of the whole process, in steps of the system's clock. */
  public static double cpu_seconds() {
    try (FileInputStream in = new FileInputStream("/proc/self/stat")) {
      byte[] line = new byte[1024];
      int length = in.read(line);
      int at = length;
      while (at > 0 && line[at - 1] != ')') --at;
      // User and system time are the fields 14 and 15; the name in parentheses is field 2.
      int field = 2;
      long ticks = 0;
      long value = 0;
      for (; at < length && field < 16; ++at) {
        if (line[at] == ' ') {
          if (field == 14 || field == 15) ticks += value;
          value = 0;
          ++field;
        } else {
          value = 10 * value + line[at] - '0';
        }
      }
      return ticks / 100.0;
    } catch (Exception none) {
      return System.nanoTime() / 1e9;
    }
  }

  public static double wall_seconds() {
    return System.currentTimeMillis() / 1e3;
  }

  public static long monotonic_nanoseconds() {
    return System.nanoTime();
  }

  public static void exit(int code) {
    flush();
    Runtime.getRuntime().halt(code);
  }

  /** In a class of its own, since they take a while to be made. */
  private static final class Errors {
    /** Codes and texts of Linux. */
    static final String[] TEXTS = {
      "Success",
      "Operation not permitted",
      "No such file or directory",
      "No such process",
      "Interrupted system call",
      "Input/output error",
      "No such device or address",
      "Argument list too long",
      "Exec format error",
      "Bad file descriptor",
      "No child processes",
      "Resource temporarily unavailable",
      "Cannot allocate memory",
      "Permission denied",
      "Bad address",
      "Block device required",
      "Device or resource busy",
      "File exists",
      "Invalid cross-device link",
      "No such device",
      "Not a directory",
      "Is a directory",
      "Invalid argument",
      "Too many open files in system",
      "Too many open files",
      "Inappropriate ioctl for device",
      "Text file busy",
      "File too large",
      "No space left on device",
      "Illegal seek",
      "Read-only file system",
      "Too many links",
      "Broken pipe",
      "Numerical argument out of domain",
      "Numerical result out of range",
      "Resource deadlock avoided",
      "File name too long",
      "No locks available",
      "Function not implemented",
      "Directory not empty",
      "Too many levels of symbolic links",
    };
  }
}
