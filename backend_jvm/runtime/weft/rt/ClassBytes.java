package weft.rt;

import static weft.rt.Opcode.*;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;

/** A class file that is being written: its constants, and its methods in the order they come in. */
final class ClassBytes {
  static final int PUBLIC = 0x1;
  static final int STATIC = 0x8;
  static final int FINAL = 0x10;
  static final int SUPER = 0x20;
  static final int ABSTRACT = 0x400;

  /** Bytes in the order of class files. */
  static final class Output extends ByteArrayOutputStream {
    void u1(int value) {
      write(value);
    }

    void u2(int value) {
      write(value >> 8);
      write(value);
    }

    void u4(int value) {
      u2(value >> 16);
      u2(value);
    }

    void all(byte[] bytes) {
      write(bytes, 0, bytes.length);
    }
  }

  private final Output pool = new Output();
  private final HashMap<String, Integer> constants = new HashMap<>();
  private int count;
  private final Output fields = new Output();
  private int fieldCount;
  private final Output initialiser = new Output();
  private final Output methods = new Output();
  private int methodCount;

  /** With the constants of the template, at the same places. */
  ClassBytes(Template template) {
    count = template.poolCount;
    pool.write(template.bytes, template.poolStart, template.poolEnd - template.poolStart);
  }

  private int constant(String key, byte[] bytes, int slots) {
    Integer known = constants.get(key);
    if (known != null) return known;
    int index = count;
    count += slots;
    if (count > 65535) throw new Evaluation.Failure("too many constants");
    pool.all(bytes);
    constants.put(key, index);
    return index;
  }

  private static byte[] bytes(int tag, long value, int size) {
    byte[] bytes = new byte[size];
    bytes[0] = (byte) tag;
    for (int i = size - 1; i > 0; --i, value >>= 8) bytes[i] = (byte) value;
    return bytes;
  }

  int intConstant(int value) {
    return constant("i" + value, bytes(Template.INTEGER, value, 5), 1);
  }

  int longConstant(long value) {
    return constant("j" + value, bytes(Template.LONG, value, 9), 2);
  }

  int utf8(String text) {
    byte[] name = text.getBytes(StandardCharsets.ISO_8859_1);
    byte[] bytes = new byte[3 + name.length];
    bytes[0] = Template.UTF8;
    bytes[1] = (byte) (name.length >> 8);
    bytes[2] = (byte) name.length;
    System.arraycopy(name, 0, bytes, 3, name.length);
    return constant("u" + text, bytes, 1);
  }

  /** A class, by its internal name. */
  int type(String name) {
    return constant("c" + name, bytes(Template.CLASS, utf8(name), 3), 1);
  }

  private int member(int tag, String owner, String name, String descriptor) {
    int nameAndType = utf8(name) << 16 | utf8(descriptor);
    int both =
        constant("n" + nameAndType, bytes(Template.NAME_AND_TYPE, nameAndType, 5), 1);
    int member = type(owner) << 16 | both;
    return constant("m" + tag + " " + member, bytes(tag, member, 5), 1);
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

  /** A field that begins with a number. */
  void addStatic(String owner, String name, int value) {
    ++fieldCount;
    fields.u2(PUBLIC | STATIC);
    fields.u2(utf8(name));
    fields.u2(utf8("I"));
    fields.u2(0);
    initialiser.u1(LDC_W);
    initialiser.u2(intConstant(value));
    initialiser.u1(PUTSTATIC);
    initialiser.u2(field(owner, name, "I"));
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
