package weft.rt;

/** Data that stands in strings of class files: each character is a byte. */
public final class Tables {
  private Tables() {}

  @SuppressWarnings("deprecation")
  static byte[] bytes(String[] parts) {
    int length = 0;
    for (String part : parts) length += part.length();
    byte[] bytes = new byte[length];
    int at = 0;
    for (String part : parts) {
      part.getBytes(0, part.length(), bytes, at);
      at += part.length();
    }
    return bytes;
  }

  static String text(String[] parts) {
    return new String(bytes(parts), Str.UTF_8);
  }

  private static long number(byte[] bytes, int at, int size) {
    long bits = 0;
    for (int i = size; i-- > 0; ) bits = bits << 8 | (bytes[at + i] & 0xff);
    return bits;
  }

  public static byte[] readB(String[] parts) {
    return bytes(parts);
  }

  public static short[] readS(String[] parts) {
    byte[] bytes = bytes(parts);
    short[] table = new short[bytes.length / 2];
    for (int i = 0; i < table.length; ++i) table[i] = (short) number(bytes, 2 * i, 2);
    return table;
  }

  public static char[] readC(String[] parts) {
    byte[] bytes = bytes(parts);
    char[] table = new char[bytes.length / 2];
    for (int i = 0; i < table.length; ++i) table[i] = (char) number(bytes, 2 * i, 2);
    return table;
  }

  public static int[] readI(String[] parts) {
    byte[] bytes = bytes(parts);
    int[] table = new int[bytes.length / 4];
    for (int i = 0; i < table.length; ++i) table[i] = (int) number(bytes, 4 * i, 4);
    return table;
  }

  public static long[] readJ(String[] parts) {
    byte[] bytes = bytes(parts);
    long[] table = new long[bytes.length / 8];
    for (int i = 0; i < table.length; ++i) table[i] = number(bytes, 8 * i, 8);
    return table;
  }

  public static float[] readF(String[] parts) {
    byte[] bytes = bytes(parts);
    float[] table = new float[bytes.length / 4];
    for (int i = 0; i < table.length; ++i) {
      table[i] = Float.intBitsToFloat((int) number(bytes, 4 * i, 4));
    }
    return table;
  }

  public static double[] readD(String[] parts) {
    byte[] bytes = bytes(parts);
    double[] table = new double[bytes.length / 8];
    for (int i = 0; i < table.length; ++i) {
      table[i] = Double.longBitsToDouble(number(bytes, 8 * i, 8));
    }
    return table;
  }
}
