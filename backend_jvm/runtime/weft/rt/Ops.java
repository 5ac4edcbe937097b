package weft.rt;

import java.util.Arrays;

/** Operations that the JVM has no instruction for. */
public final class Ops {
  /** Longer arrays do not exist. */
  private static final int LONGEST = Integer.MAX_VALUE - 8;

  private Ops() {}

  /** A length as an int; what no array can have is out of memory. */
  public static int length(long length) {
    if (length < 0 || length > LONGEST) throw new OutOfMemoryError("an array of " + length + " items");
    return (int) length;
  }

  @SuppressWarnings("SuspiciousSystemArraycopy")
  public static void copy(Object to, int at, Object from, int start, int count) {
    // An empty range may be of no object at all.
    if (count > 0) System.arraycopy(from, start, to, at, count);
  }

  public static int equal(byte[] a, int aStart, byte[] b, int bStart, int count) {
    if (count <= 0) return 1;
    return Arrays.equals(a, aStart, aStart + count, b, bStart, bStart + count) ? 1 : 0;
  }

  public static int compare(byte[] a, int aStart, byte[] b, int bStart, int count) {
    if (count <= 0) return 0;
    int order = Arrays.compareUnsigned(a, aStart, aStart + count, b, bStart, bStart + count);
    return Integer.signum(order);
  }

  public static int is_nonnull(Object object) {
    return object != null ? 1 : 0;
  }

  public static int is_nonzero(int value) {
    return value != 0 ? 1 : 0;
  }

  public static int is_nonzero(long value) {
    return value != 0 ? 1 : 0;
  }

  public static int is_nonzero(float value) {
    return value != 0 ? 1 : 0;
  }

  public static int is_nonzero(double value) {
    return value != 0 ? 1 : 0;
  }

  public static int div_u32(int a, int b) {
    return Integer.divideUnsigned(a, b);
  }

  public static int rem_u32(int a, int b) {
    return Integer.remainderUnsigned(a, b);
  }

  public static long div_u64(long a, long b) {
    return Long.divideUnsigned(a, b);
  }

  public static long rem_u64(long a, long b) {
    return Long.remainderUnsigned(a, b);
  }

  public static int add_overflows_i8(int a, int b) {
    int r = a + b;
    return r < -128 || r > 127 ? 1 : 0;
  }

  public static int sub_overflows_i8(int a, int b) {
    int r = a - b;
    return r < -128 || r > 127 ? 1 : 0;
  }

  public static int mul_overflows_i8(int a, int b) {
    long r = (long) a * b;
    return r < -128 || r > 127 ? 1 : 0;
  }

  public static int add_overflows_u8(int a, int b) {
    int r = a + b;
    return r < 0 || r > 255 ? 1 : 0;
  }

  public static int sub_overflows_u8(int a, int b) {
    int r = a - b;
    return r < 0 || r > 255 ? 1 : 0;
  }

  public static int mul_overflows_u8(int a, int b) {
    long r = (long) a * b;
    return r < 0 || r > 255 ? 1 : 0;
  }

  public static int add_overflows_i16(int a, int b) {
    int r = a + b;
    return r < -32768 || r > 32767 ? 1 : 0;
  }

  public static int sub_overflows_i16(int a, int b) {
    int r = a - b;
    return r < -32768 || r > 32767 ? 1 : 0;
  }

  public static int mul_overflows_i16(int a, int b) {
    long r = (long) a * b;
    return r < -32768 || r > 32767 ? 1 : 0;
  }

  public static int add_overflows_u16(int a, int b) {
    int r = a + b;
    return r < 0 || r > 65535 ? 1 : 0;
  }

  public static int sub_overflows_u16(int a, int b) {
    int r = a - b;
    return r < 0 || r > 65535 ? 1 : 0;
  }

  public static int mul_overflows_u16(int a, int b) {
    long r = (long) a * b;
    return r < 0 || r > 65535 ? 1 : 0;
  }

  public static int add_overflows_i32(int a, int b) {
    long r = (long) a + b;
    return r != (int) r ? 1 : 0;
  }

  public static int sub_overflows_i32(int a, int b) {
    long r = (long) a - b;
    return r != (int) r ? 1 : 0;
  }

  public static int mul_overflows_i32(int a, int b) {
    long r = (long) a * b;
    return r != (int) r ? 1 : 0;
  }

  public static int add_overflows_i64(long a, long b) {
    long r = a + b;
    return ((a ^ r) & (b ^ r)) < 0 ? 1 : 0;
  }

  public static int sub_overflows_i64(long a, long b) {
    long r = a - b;
    return ((a ^ b) & (a ^ r)) < 0 ? 1 : 0;
  }

  public static int mul_overflows_i64(long a, long b) {
    return Math.multiplyHigh(a, b) != (a * b) >> 63 ? 1 : 0;
  }

  public static int add_overflows_u32(int a, int b) {
    return Integer.compareUnsigned(a + b, a) < 0 ? 1 : 0;
  }

  public static int sub_overflows_u32(int a, int b) {
    return Integer.compareUnsigned(a, b) < 0 ? 1 : 0;
  }

  public static int mul_overflows_u32(int a, int b) {
    return ((a & 0xffffffffL) * (b & 0xffffffffL)) >>> 32 != 0 ? 1 : 0;
  }

  public static int add_overflows_u64(long a, long b) {
    return Long.compareUnsigned(a + b, a) < 0 ? 1 : 0;
  }

  public static int sub_overflows_u64(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
  }

  public static int mul_overflows_u64(long a, long b) {
    long high = Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a);
    return high != 0 ? 1 : 0;
  }

  public static int add_overflows_bool(int a, int b) {
    return a & b;
  }

  public static int sub_overflows_bool(int a, int b) {
    return a < b ? 1 : 0;
  }

  public static int mul_overflows_bool(int a, int b) {
    return 0;
  }

  /** The nearest double of an unsigned number: halved with its last bit kept, if it is large. */
  public static double f64_from_u64(long a) {
    return a >= 0 ? (double) a : (double) ((a >>> 1) | (a & 1)) * 2;
  }

  public static float f32_from_u64(long a) {
    return a >= 0 ? (float) a : (float) ((a >>> 1) | (a & 1)) * 2;
  }

  private static int clamp(int value, int least, int most) {
    return Math.max(least, Math.min(most, value));
  }

  public static int i8_from_f64(double a) {
    return clamp((int) a, -128, 127);
  }

  public static int u8_from_f64(double a) {
    return clamp((int) a, 0, 255);
  }

  public static int i16_from_f64(double a) {
    return clamp((int) a, -32768, 32767);
  }

  public static int u16_from_f64(double a) {
    return clamp((int) a, 0, 65535);
  }

  public static int u32_from_f64(double a) {
    return (int) Math.max(0L, Math.min(0xffffffffL, (long) a));
  }

  public static long u64_from_f64(double a) {
    if (!(a > 0)) return 0;
    if (a < 0x1p63) return (long) a;
    return a < 0x1p64 ? (long) (a - 0x1p63) + Long.MIN_VALUE : -1;
  }
}
