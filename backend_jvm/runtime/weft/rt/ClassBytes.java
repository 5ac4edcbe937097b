package weft.rt;

import static weft.rt.Opcode.*;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;

/** A class file that is being written: its constants, and its methods in the order they come in. */
final class ClassBytes {
  static final int PUBLIC = 0x1;
  static final int STATIC = 0x8;
  static final int FINAL = 0x10;
  static final int SUPER = 0x20;
  static final int ABSTRACT = 0x400;

  /**
   * Bytes in the order of class files. Not a ByteArrayOutputStream: most of this runs in HotSpot's
   * interpreter, which takes long for its locks and checks.
   */
  static final class Output {
    private byte[] bytes = new byte[256];
    private int size;

    int size() {
      return size;
    }

    void u1(int value) {
      if (size == bytes.length) bytes = Arrays.copyOf(bytes, 2 * size);
      bytes[size++] = (byte) value;
    }

    void u2(int value) {
      u1(value >> 8);
      u1(value);
    }

    void u4(int value) {
      u2(value >> 16);
      u2(value);
    }

    void all(byte[] other) {
      all(other, 0, other.length);
    }

    void all(byte[] other, int start, int count) {
      if (size + count > bytes.length) bytes = Arrays.copyOf(bytes, 2 * (size + count));
      System.arraycopy(other, start, bytes, size, count);
      size += count;
    }

    byte[] toByteArray() {
      return Arrays.copyOf(bytes, size);
    }
  }

  private final Output pool = new Output();
  private final HashMap<String, Integer> texts = new HashMap<>();
  private final HashMap<String, Integer> types = new HashMap<>();
  private final HashMap<Long, Integer> longs = new HashMap<>();

  /** Those that consist of 32 bits or less, by those and the tag. */
  private final HashMap<Long, Integer> others = new HashMap<>();
  private int count;
  private final Output fields = new Output();
  private int fieldCount;
  private final HashMap<Integer, Integer> objects = new HashMap<>();
  private final Output initialiser = new Output();
  private final Output methods = new Output();
  private int methodCount;

  /** With the constants of the template, at the same places. */
  ClassBytes(Template template) {
    count = template.poolCount;
    pool.all(template.bytes, template.poolStart, template.poolEnd - template.poolStart);
  }

  private int next(int slots) {
    int index = count;
    count += slots;
    if (count > 65535) throw new Evaluation.Failure("too many constants");
    return index;
  }

  private int constant(int tag, int value, boolean isShort) {
    long key = (long) tag << 32 | value & 0xffffffffL;
    Integer known = others.get(key);
    if (known != null) return known;
    pool.u1(tag);
    if (isShort) {
      pool.u2(value);
    } else {
      pool.u4(value);
    }
    int index = next(1);
    others.put(key, index);
    return index;
  }

  int intConstant(int value) {
    return constant(Template.INTEGER, value, false);
  }

  int longConstant(long value) {
    Integer known = longs.get(value);
    if (known != null) return known;
    pool.u1(Template.LONG);
    pool.u4((int) (value >> 32));
    pool.u4((int) value);
    int index = next(2);
    longs.put(value, index);
    return index;
  }

  int utf8(String text) {
    Integer known = texts.get(text);
    if (known != null) return known;
    byte[] name = text.getBytes(StandardCharsets.ISO_8859_1);
    pool.u1(Template.UTF8);
    pool.u2(name.length);
    pool.all(name);
    int index = next(1);
    texts.put(text, index);
    return index;
  }

  /** A class, by its internal name. */
  int type(String name) {
    Integer known = types.get(name);
    if (known != null) return known;
    int index = constant(Template.CLASS, utf8(name), true);
    types.put(name, index);
    return index;
  }

  private int member(int tag, String owner, String name, String descriptor) {
    int nameAndType =
        constant(Template.NAME_AND_TYPE, utf8(name) << 16 | utf8(descriptor), false);
    return constant(tag, type(owner) << 16 | nameAndType, false);
  }

  int field(String owner, String name, String descriptor) {
    return member(Template.FIELD, owner, name, descriptor);
  }

  int method(String owner, String name, String descriptor) {
    return member(Template.METHOD, owner, name, descriptor);
  }

  /** Adds a method; without a body, the body of a Code attribute, it is abstract. */
  void add(String name, String descriptor, byte[] body) {
    add(name, descriptor, body, body == null ? PUBLIC | ABSTRACT : PUBLIC);
  }

  private void add(String name, String descriptor, byte[] body, int access) {
    ++methodCount;
    methods.u2(access);
    methods.u2(utf8(name));
    methods.u2(utf8(descriptor));
    methods.u2(body == null ? 0 : 1);
    if (body == null) return;
    methods.u2(utf8("Code"));
    methods.u4(body.length);
    methods.all(body);
  }

  /** A body without jumps. */
  static byte[] body(int stack, int locals, Output code) {
    Output body = new Output();
    body.u2(stack);
    body.u2(locals);
    body.u4(code.size());
    body.all(code.toByteArray());
    body.u4(0);
    return body.toByteArray();
  }

  void addConstructor(String parent) {
    Output code = new Output();
    code.u1(ALOAD_0);
    code.u1(INVOKESPECIAL);
    code.u2(method(parent, "<init>", "()V"));
    code.u1(RETURN);
    add("<init>", "()V", body(1, 1, code));
  }

  /** A field that holds an object of a class: one for all times, so the JIT knows which. */
  void addStatic(String owner, String name, String objectClass) {
    String descriptor = "L" + objectClass + ";";
    ++fieldCount;
    fields.u2(PUBLIC | STATIC | FINAL);
    fields.u2(utf8(name));
    fields.u2(utf8(descriptor));
    fields.u2(0);
    initialiser.u1(NEW);
    initialiser.u2(type(objectClass));
    initialiser.u1(DUP);
    initialiser.u1(INVOKESPECIAL);
    initialiser.u2(method(objectClass, "<init>", "()V"));
    initialiser.u1(PUTSTATIC);
    initialiser.u2(field(owner, name, descriptor));
  }

  /** A field for the object with this number, of those in Specialised.objects. */
  int object(String owner, Object object, int number) {
    Integer known = objects.get(number);
    if (known != null) return known;
    String descriptor = object.getClass().descriptorString();
    String name = "object" + number;
    int field = field(owner, name, descriptor);
    objects.put(number, field);
    ++fieldCount;
    fields.u2(PUBLIC | STATIC | FINAL);
    fields.u2(utf8(name));
    fields.u2(utf8(descriptor));
    fields.u2(0);
    initialiser.u1(GETSTATIC);
    initialiser.u2(field("weft/rt/Specialised", "objects", "[Ljava/lang/Object;"));
    initialiser.u1(SIPUSH);
    initialiser.u2(number);
    initialiser.u1(AALOAD);
    initialiser.u1(CHECKCAST);
    boolean isArray = descriptor.charAt(0) == '[';
    initialiser.u2(type(isArray ? descriptor : descriptor.substring(1, descriptor.length() - 1)));
    initialiser.u1(PUTSTATIC);
    initialiser.u2(field);
    return field;
  }

  /** The class file; sourceFile is a constant, or 0. */
  byte[] file(int access, String name, String parent, int sourceFile) {
    if (initialiser.size() > 0) {
      initialiser.u1(RETURN);
      add("<clinit>", "()V", body(2, 0, initialiser), STATIC);
    }
    int self = type(name);
    int superclass = type(parent);
    int attribute = sourceFile == 0 ? 0 : utf8("SourceFile");
    Output file = new Output();
    file.u4(0xcafebabe);
    file.u4(61);
    file.u2(count);
    file.all(pool.toByteArray());
    file.u2(access);
    file.u2(self);
    file.u2(superclass);
    file.u2(0);
    file.u2(fieldCount);
    file.all(fields.toByteArray());
    file.u2(methodCount);
    file.all(methods.toByteArray());
    if (sourceFile == 0) {
      file.u2(0);
    } else {
      file.u2(1);
      file.u2(attribute);
      file.u4(2);
      file.u2(sourceFile);
    }
    return file.toByteArray();
  }
}
