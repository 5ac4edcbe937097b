package weft.rt;

/** Functions of C's math library that java.lang.Math does not have. */
public final class MoreMath {
  private static final double LN2 = 0.6931471805599453;

  private MoreMath() {}

  public static double trunc(double x) {
    return x < 0 ? Math.ceil(x) : Math.floor(x);
  }

  /** Halves go away from zero. */
  public static double round(double x) {
    double whole = trunc(x);
    return Math.abs(x - whole) >= 0.5 ? whole + Math.signum(x) : whole;
  }

  public static double exp2(double x) {
    return Math.pow(2, x);
  }

  public static double log2(double x) {
    // Exact for powers of two.
    if (x > 0 && x < Double.POSITIVE_INFINITY) {
      int exponent = Math.getExponent(x);
      if (exponent >= Double.MIN_EXPONENT && Math.scalb(1.0, exponent) == x) return exponent;
    }
    return Math.log(x) / LN2;
  }

  public static double fmod(double x, double y) {
    return x % y;
  }

  public static double asinh(double x) {
    double a = Math.abs(x);
    if (a == Double.POSITIVE_INFINITY || a == 0 || a != a) return x;
    double result =
        a > 0x1p28
            ? Math.log(a) + LN2
            : Math.log1p(a + a * a / (1 + Math.sqrt(a * a + 1)));
    return Math.copySign(result, x);
  }

  public static double acosh(double x) {
    if (x > 0x1p28) return Math.log(x) + LN2;
    double t = x - 1;
    return Math.log1p(t + Math.sqrt(2 * t + t * t));
  }

  public static double atanh(double x) {
    double a = Math.abs(x);
    return Math.copySign(0.5 * Math.log1p(2 * a / (1 - a)), x);
  }
}
