package weft.rt;

import java.nio.charset.Charset;

/** A string: bytes that do not change once it is shared, and their hash. */
public final class Str {
  public final byte[] bytes;

  /** 0 until somebody asks. */
  public long hash;

  public Str(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Str make(int length) {
    return new Str(new byte[length]);
  }

  /** The text in UTF-8. */
  public static Str of(String text) {
    return text == null ? null : new Str(encode(text));
  }

  /** The text as Java has it. */
  public static String text(Str str) {
    return str == null ? null : str.toString();
  }

  /** Not that of StandardCharsets, which makes five others at start. */
  static final Charset UTF_8 = Charset.forName("UTF-8");

  static byte[] encode(String text) {
    return text.getBytes(UTF_8);
  }

  @Override
  public String toString() {
    return new String(bytes, UTF_8);
  }

  /** FNV-1a, then spread over all bits; the same in every executor, and never 0. */
  public long hash() {
    return hash != 0 ? hash : compute();
  }

  private long compute() {
    long h = 0xcbf29ce484222325L;
    for (byte b : bytes) h = (h ^ (b & 0xff)) * 0x100000001b3L;
    h ^= h >>> 32;
    h *= 0xd6e8feb86659fd93L;
    h ^= h >>> 32;
    return hash = h == 0 ? 1 : h;
  }
}
