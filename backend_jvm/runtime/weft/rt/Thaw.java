package weft.rt;

/** Makes the objects of the frozen heap; docs/backend_common.md has the format. */
public final class Thaw {
  private static final int OBJECT = 0;
  private static final int STRING = 1;
  private static final int BYTES = 2;
  private static final int I16 = 3;
  private static final int U16 = 4;
  private static final int I32 = 5;
  private static final int I64 = 6;
  private static final int F32 = 7;
  private static final int F64 = 8;
  private static final int REFERENCES = 9;
  private static final int FUNCTIONS = 10;

  private static final Object[] objects = new Thaw(Program.get()).run();

  /** Makes the objects before anything runs. */
  static void prepare() {
    Raised.prepare((Raised) Program.get().stackOverflowError());
  }

  private final Program program;
  private final byte[] in;
  private int at;
  private Object[] made;

  private Thaw(Program program) {
    this.program = program;
    in = Tables.bytes(program.image());
  }

  public static Object object(int number) {
    return objects[number];
  }

  private long number() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) return value;
    }
  }

  public int i() {
    return (int) j();
  }

  public long j() {
    long value = number();
    return value >>> 1 ^ -(value & 1);
  }

  private long bits(int size) {
    long bits = 0;
    for (int i = size; i-- > 0; ) bits = bits << 8 | (in[at + i] & 0xff);
    at += size;
    return bits;
  }

  public float f() {
    return Float.intBitsToFloat((int) bits(4));
  }

  public double d() {
    return Double.longBitsToDouble(bits(8));
  }

  public Object ref() {
    int number = (int) number();
    return number == 0 ? null : made[number - 1];
  }

  public Object function() {
    int number = (int) number();
    return number == 0 ? null : program.function(number - 1);
  }

  private Object[] run() {
    int[] tags = new int[(int) number()];
    for (int i = 0; i < tags.length; ++i) tags[i] = (int) number();
    int count = (int) number();
    made = new Object[count];
    int[] kinds = new int[count];
    for (int i = 0; i < count; ++i) {
      kinds[i] = (int) number();
      made[i] = make(kinds[i], tags[kinds[i]]);
    }
    for (int i = 0; i < count; ++i) fill(kinds[i], tags[kinds[i]], made[i]);
    for (int hashes = (int) number(); hashes > 0; --hashes) {
      Object object = made[(int) number()];
      Identity.set(object, (int) number());
    }
    return made;
  }

  private Object make(int kind, int tag) {
    if (tag == OBJECT) return program.make(kind);
    int length = (int) number();
    switch (tag) {
      case STRING:
        return Str.make(length);
      case BYTES:
        return new byte[length];
      case I16:
        return new short[length];
      case U16:
        return new char[length];
      case I32:
        return new int[length];
      case I64:
        return new long[length];
      case F32:
        return new float[length];
      case F64:
        return new double[length];
      default:
        return program.makeArray(kind, length);
    }
  }

  private void fill(int kind, int tag, Object object) {
    switch (tag) {
      case OBJECT:
        program.fill(kind, object, this);
        break;
      case STRING:
      case BYTES:
        byte[] bytes = tag == STRING ? ((Str) object).bytes : (byte[]) object;
        System.arraycopy(in, at, bytes, 0, bytes.length);
        at += bytes.length;
        break;
      case I16:
        short[] shorts = (short[]) object;
        for (int i = 0; i < shorts.length; ++i) shorts[i] = (short) j();
        break;
      case U16:
        char[] chars = (char[]) object;
        for (int i = 0; i < chars.length; ++i) chars[i] = (char) j();
        break;
      case I32:
        int[] ints = (int[]) object;
        for (int i = 0; i < ints.length; ++i) ints[i] = (int) j();
        break;
      case I64:
        long[] longs = (long[]) object;
        for (int i = 0; i < longs.length; ++i) longs[i] = j();
        break;
      case F32:
        float[] floats = (float[]) object;
        for (int i = 0; i < floats.length; ++i) floats[i] = f();
        break;
      case F64:
        double[] doubles = (double[]) object;
        for (int i = 0; i < doubles.length; ++i) doubles[i] = d();
        break;
      case REFERENCES:
        Object[] references = (Object[]) object;
        for (int i = 0; i < references.length; ++i) references[i] = ref();
        break;
      case FUNCTIONS:
        Object[] functions = (Object[]) object;
        for (int i = 0; i < functions.length; ++i) functions[i] = function();
        break;
      default:
        Object[] items = (Object[]) object;
        for (int i = 0; i < items.length; ++i) {
          items[i] = program.make(kind);
          program.fill(kind, items[i], this);
        }
    }
  }
}
