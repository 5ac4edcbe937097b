namespace Weft {

// A byte string of the program. Its bytes do not change once it is built, and its hash is computed
// when it is first asked for: the same function as in every other run time, because the tables of
// the frozen heap are built on it. 0 stands for "not computed yet".
public sealed class Str {
  public byte[] bytes;
  public long hash;

  public Str(byte[] bytes) { this.bytes = bytes; }

  // A string of `length` zeros, which its maker is about to fill.
  public static Str Make(long length) { return new Str(Memory.NewArray<byte>(length)); }

  public long Hash() { return hash != 0 ? hash : ComputeHash(); }

  long ComputeHash() {
    ulong value = 14695981039346656037UL;
    foreach (byte b in bytes) value = (value ^ b) * 1099511628211UL;
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93UL;
    value ^= value >> 32;
    hash = value == 0 ? 1 : (long)value;
    return hash;
  }

  public static bool Equal(byte[] a, long a_start, byte[] b, long b_start, long count) {
    if (count <= 0) return true;
    int i = (int)a_start;
    int j = (int)b_start;
    for (int end = i + (int)count; i < end; ++i, ++j) {
      if (a[i] != b[j]) return false;
    }
    return true;
  }

  // Below, at or above 0, as memcmp.
  public static int Compare(byte[] a, long a_start, byte[] b, long b_start, long count) {
    int i = (int)a_start;
    int j = (int)b_start;
    for (int end = i + (int)count; i < end; ++i, ++j) {
      if (a[i] != b[j]) return a[i] < b[j] ? -1 : 1;
    }
    return 0;
  }

  // The ranges may overlap; an empty one may be of no array at all.
  public static void Copy(byte[] to, long to_start, byte[] from, long from_start, long count) {
    if (count <= 0) return;
    if (count < 16 && to != from) {
      int i = (int)to_start;
      int j = (int)from_start;
      for (int end = i + (int)count; i < end; ++i, ++j) to[i] = from[j];
      return;
    }
    System.Buffer.BlockCopy(from, (int)from_start, to, (int)to_start, (int)count);
  }

  // The host's strings, at the border: as UTF-8. Bytes that are none become U+FFFD.
  public static Str FromHost(string text) {
    return text == null ? null : new Str(System.Text.Encoding.UTF8.GetBytes(text));
  }

  public static string ToHost(Str text) {
    return text == null ? null : System.Text.Encoding.UTF8.GetString(text.bytes);
  }
}

}
