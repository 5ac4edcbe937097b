using System;
using System.Runtime.InteropServices;

namespace Weft {

// Operations on numbers that IL has no instruction for, or one that means something else.
public static class Numbers {
  // Written nowhere, but not readonly either: a compiler must not know what it is (IlCode::Int64).
  public static long SmallestInt32 = int.MinValue;

  // ---- Division truncates; the divisor is not zero. The least number divided by -1 is itself.

  public static int DivI32(int a, int b) { return b == -1 ? -a : a / b; }
  public static int RemI32(int a, int b) { return b == -1 ? 0 : a % b; }
  public static long DivI64(long a, long b) { return b == -1 ? -a : a / b; }
  public static long RemI64(long a, long b) { return b == -1 ? 0 : a % b; }

  // ---- Whether a result wraps. The narrow types are added as int, which holds every result.

  public static bool AddOverflowsI32(int a, int b) {
    int sum = a + b;
    return ((a ^ sum) & (b ^ sum)) < 0;
  }
  public static bool SubOverflowsI32(int a, int b) {
    int difference = a - b;
    return ((a ^ b) & (a ^ difference)) < 0;
  }
  public static bool MulOverflowsI32(int a, int b) {
    long product = (long)a * b;
    return product != (int)product;
  }
  public static bool AddOverflowsU32(uint a, uint b) { return a + b < a; }
  public static bool SubOverflowsU32(uint a, uint b) { return a < b; }
  public static bool MulOverflowsU32(uint a, uint b) { return (ulong)a * b > uint.MaxValue; }
  public static bool AddOverflowsI64(long a, long b) {
    long sum = a + b;
    return ((a ^ sum) & (b ^ sum)) < 0;
  }
  public static bool SubOverflowsI64(long a, long b) {
    long difference = a - b;
    return ((a ^ b) & (a ^ difference)) < 0;
  }
  public static bool MulOverflowsI64(long a, long b) {
    if (a == 0 || b == 0) return false;
    if (a == -1) return b == long.MinValue;
    if (b == -1) return a == long.MinValue;
    return a * b / b != a;
  }
  public static bool AddOverflowsU64(ulong a, ulong b) { return a + b < a; }
  public static bool SubOverflowsU64(ulong a, ulong b) { return a < b; }
  public static bool MulOverflowsU64(ulong a, ulong b) { return b != 0 && a > ulong.MaxValue / b; }

  // ---- A float as an integer, cut towards zero. What does not fit becomes the nearest end of the
  // range, and a NaN becomes 0.

  public static int ToI32(double a) {
    if (a > -2147483649.0) return a < 2147483648.0 ? (int)a : int.MaxValue;
    return a != a ? 0 : int.MinValue;
  }
  // For the narrow types: within a range of which both ends are ints.
  public static int ToNarrow(double a, int least, int most) {
    int whole = ToI32(a);
    return whole < least ? least : whole > most ? most : whole;
  }
  public static long ToI64(double a) {
    if (a >= -9223372036854775808.0) return a < 9223372036854775808.0 ? (long)a : long.MaxValue;
    return a != a ? 0 : long.MinValue;
  }
  public static uint ToU32(double a) {
    if (a > -1.0) return a < 4294967296.0 ? (uint)(long)a : uint.MaxValue;
    return 0;
  }
  public static ulong ToU64(double a) {
    if (!(a > -1.0)) return 0;
    if (a < 9223372036854775808.0) return (ulong)(long)a;
    return a < 18446744073709551616.0 ? (ulong)(long)(a - 9223372036854775808.0) ^ (1UL << 63)
                                      : ulong.MaxValue;
  }

  // Rounded once. The half of a large number, with its last bit kept, is rounded as it would be.
  public static double F64FromU64(ulong a) {
    return (long)a >= 0 ? (double)(long)a : (double)(long)((a >> 1) | (a & 1)) * 2.0;
  }
  public static float F32FromU64(ulong a) {
    return (long)a >= 0 ? F32FromI64((long)a) : F32FromI64((long)((a >> 1) | (a & 1))) * 2.0f;
  }
  // By way of a double, which must not round to the middle between two floats: of a number with more
  // bits than it holds, those behind the float's only say whether they are zero.
  public static float F32FromI64(long a) {
    if (a < (1L << 53) && a > -(1L << 53)) return (float)(double)a;
    return (float)(double)((a & ~0x7ffL) | ((a & 0x7ff) != 0 ? 0x400L : 0));
  }

  // ---- Bits.

  [StructLayout(LayoutKind.Explicit)]
  struct Single {
    [FieldOffset(0)] public float value;
    [FieldOffset(0)] public uint bits;
  }
  public static ulong F64Bits(double a) { return (ulong)BitConverter.DoubleToInt64Bits(a); }
  public static double F64FromBits(ulong bits) { return BitConverter.Int64BitsToDouble((long)bits); }
  public static uint F32Bits(float a) {
    Single single = new Single();
    single.value = a;
    return single.bits;
  }
  public static float F32FromBits(uint bits) {
    Single single = new Single();
    single.bits = bits;
    return single.value;
  }

  // Of zero, all bits are leading and trailing.
  public static int ClzU32(uint a) {
    if (a == 0) return 32;
    int count = 0;
    if ((a & 0xffff0000u) == 0) { count += 16; a <<= 16; }
    if ((a & 0xff000000u) == 0) { count += 8; a <<= 8; }
    if ((a & 0xf0000000u) == 0) { count += 4; a <<= 4; }
    if ((a & 0xc0000000u) == 0) { count += 2; a <<= 2; }
    return (int)a < 0 ? count : count + 1;
  }
  public static int ClzU64(ulong a) {
    uint high = (uint)(a >> 32);
    return high != 0 ? ClzU32(high) : 32 + ClzU32((uint)a);
  }
  public static int CtzU32(uint a) { return a == 0 ? 32 : 31 - ClzU32(a & (0u - a)); }
  public static int CtzU64(ulong a) { return a == 0 ? 64 : 63 - ClzU64(a & (0UL - a)); }
  public static int PopcountU32(uint a) {
    a -= (a >> 1) & 0x55555555u;
    a = (a & 0x33333333u) + ((a >> 2) & 0x33333333u);
    return (int)((((a + (a >> 4)) & 0x0f0f0f0fu) * 0x01010101u) >> 24);
  }
  public static int PopcountU64(ulong a) { return PopcountU32((uint)a) + PopcountU32((uint)(a >> 32)); }
}

// The functions of dsl/math.h, as the C library has them. Those that the host has too and defines in
// the same way are the host's.
public static class CMath {
  public static double sqrt(double x) { return Math.Sqrt(x); }
  public static double floor(double x) { return Math.Floor(x); }
  public static double ceil(double x) { return Math.Ceiling(x); }
  public static double trunc(double x) { return Math.Truncate(x); }
  public static double fabs(double x) { return Math.Abs(x); }
  // Halfway cases go away from zero.
  public static double round(double x) {
    double whole = Math.Truncate(x);
    double rounded = Math.Abs(x - whole) >= 0.5 ? whole + (x < 0 ? -1.0 : 1.0) : whole;
    // -0.25 becomes -0.
    return rounded == 0 ? x * 0.0 : rounded;
  }
  public static double fmod(double x, double y) { return x % y; }
  public static double exp(double x) { return Math.Exp(x); }
  public static double log(double x) { return Math.Log(x); }
  public static double log10(double x) { return Math.Log10(x); }
  public static double sin(double x) { return Math.Sin(x); }
  public static double cos(double x) { return Math.Cos(x); }
  public static double tan(double x) { return Math.Tan(x); }
  public static double asin(double x) { return Math.Asin(x); }
  public static double acos(double x) { return Math.Acos(x); }
  public static double atan(double x) { return Math.Atan(x); }
  public static double sinh(double x) { return Math.Sinh(x); }
  public static double cosh(double x) { return Math.Cosh(x); }
  public static double tanh(double x) { return Math.Tanh(x); }

  const string kLibM = "libm.so.6";
  [DllImport(kLibM)] public static extern double cbrt(double x);
  [DllImport(kLibM)] public static extern double expm1(double x);
  [DllImport(kLibM)] public static extern double log2(double x);
  [DllImport(kLibM)] public static extern double log1p(double x);
  [DllImport(kLibM)] public static extern double pow(double x, double y);
  [DllImport(kLibM)] public static extern double atan2(double y, double x);
  [DllImport(kLibM)] public static extern double hypot(double x, double y);
}

}
