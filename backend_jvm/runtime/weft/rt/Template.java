package weft.rt;

import static weft.rt.Opcode.*;

import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The method that an {@link Evaluation} starts from, and the constants of its class, as chapter 4
 * of the Java Virtual Machine Specification has them.
 */
final class Template {
  static final int UTF8 = 1;
  static final int INTEGER = 3;
  static final int LONG = 5;
  static final int DOUBLE = 6;
  static final int CLASS = 7;
  static final int FIELD = 9;
  static final int METHOD = 10;
  static final int INTERFACE_METHOD = 11;
  static final int NAME_AND_TYPE = 12;

  /** Tags of the verifier's types. */
  static final int TOP = 0;

  static final int IS_DOUBLE = 3;
  static final int IS_LONG = 4;
  static final int IS_OBJECT = 7;
  static final int IS_UNINITIALISED = 8;

  /** What the verifier is told of a place that jumps lead to. */
  static final class Frame {
    /** By slot: a type's tag, and above it the index of its class; TOP for half of a wide one. */
    int[] locals;

    /** From the bottom; a wide value is one. */
    int[] stack;

    boolean isLive(int slot) {
      return slot < locals.length && locals[slot] != TOP;
    }
  }

  /** Exceptions between two places lead to a third. */
  record Range(int start, int end, int handler, int type) {}

  final byte[] bytes;
  final int head;
  final int entry;
  final int codeSlot;
  final int nextSlot;
  final int callerSlot;
  final String frame;
  final String method;

  /** The constants: where they begin, how many there are, and where they end. */
  final int poolStart;

  final int poolCount;
  final int poolEnd;
  private final int[] constants;

  /** The method's code. */
  final int codeStart;

  final int codeLength;
  final int maxStack;
  final int maxLocals;
  final String result;
  final Frame[] frames;

  /** A local that lives when a round begins. */
  static final class Local {
    final int slot;
    /** The distance of the instructions for its type from those for ints. */
    final int type;

    final String descriptor;
    /** Whether the loop changes it. */
    final boolean isVariable;

    Local(int slot, int type, String descriptor, boolean isVariable) {
      this.slot = slot;
      this.type = type;
      this.descriptor = descriptor;
      this.isVariable = isVariable;
    }

    boolean isWide() {
      return type == 1 || type == 3;
    }
  }

  final List<Local> locals = new ArrayList<>();

  /** The slots of what is made: for arguments, and for each local of the template. */
  int argumentSlots;

  int[] slots;
  int slotCount;

  /** The class of all that is made for the loop, and its method, which has the loop's name. */
  final String baseClass;

  final String baseDescriptor;

  /**
   * By position: of a reference on the stack that is promoted there, the local that holds it when
   * the next round begins, plus 1; else 0.
   */
  final int[] promotedSlots;

  /** The first of them, from which others follow; -1 if there are none. */
  final int promotedSlot;

  /** That one and the others. */
  private final int[] knownSlots;

  /** By slot: whether it is that one, or follows from it. */
  final boolean[] isDerived;

  private final ClassLoader loader;
  private final Range[][] rangesAt;

  /** By position: the line. */
  final int[] lines;

  /** The name of the source file, a constant; 0 if there is none. */
  final int sourceFile;

  Template(
      byte[] bytes,
      String method,
      String descriptor,
      String frame,
      int head,
      int entry,
      int codeSlot,
      int nextSlot,
      int callerSlot,
      String promoted,
      String known,
      ClassLoader loader) {
    this.loader = loader;
    this.bytes = bytes;
    this.method = method;
    this.frame = frame;
    this.head = head;
    this.entry = entry;
    this.codeSlot = codeSlot;
    this.nextSlot = nextSlot;
    this.callerSlot = callerSlot;
    result = descriptor.substring(descriptor.indexOf(')') + 1);

    poolCount = u2(8);
    poolStart = 10;
    constants = new int[poolCount];
    int at = poolStart;
    for (int i = 1; i < poolCount; ++i) {
      constants[i] = at;
      int tag = bytes[at];
      at += sizeOf(tag, at);
      if (tag == LONG || tag == DOUBLE) ++i;
    }
    poolEnd = at;
    classes = new Class<?>[poolCount];
    fields = new Field[poolCount];
    calls = new int[poolCount];

    at += 6;
    at += 2 + 2 * u2(at);
    int codeAttribute = 0;
    for (boolean isMethod : new boolean[] {false, true}) {
      int members = u2(at);
      at += 2;
      while (members-- > 0) {
        boolean isMeant =
            isMethod && text(u2(at + 2)).equals(method) && text(u2(at + 4)).equals(descriptor);
        int attributes = u2(at + 6);
        at += 8;
        while (attributes-- > 0) {
          if (isMeant && text(u2(at)).equals("Code")) codeAttribute = at + 6;
          at += 6 + u4(at + 2);
        }
      }
    }
    int file = 0;
    int attributes = u2(at);
    at += 2;
    while (attributes-- > 0) {
      if (text(u2(at)).equals("SourceFile")) file = u2(at + 6);
      at += 6 + u4(at + 2);
    }
    sourceFile = file;

    at = codeAttribute;
    maxStack = u2(at);
    maxLocals = u2(at + 2);
    codeLength = u4(at + 4);
    codeStart = at + 8;
    frames = new Frame[codeLength];
    lines = new int[codeLength];
    at = codeStart + codeLength;
    Range[] ranges = new Range[u2(at)];
    at += 2;
    for (int i = 0; i < ranges.length; ++i, at += 8) {
      ranges[i] = new Range(u2(at), u2(at + 2), u2(at + 4), u2(at + 6));
    }
    rangesAt = new Range[codeLength][];
    for (Range range : ranges) {
      for (int i = range.start; i < range.end; ++i) {
        int count = rangesAt[i] == null ? 0 : rangesAt[i].length;
        rangesAt[i] = count == 0 ? new Range[1] : Arrays.copyOf(rangesAt[i], count + 1);
        rangesAt[i][count] = range;
      }
    }
    attributes = u2(at);
    at += 2;
    while (attributes-- > 0) {
      String name = text(u2(at));
      if (name.equals("StackMapTable")) readFrames(at + 6, descriptor);
      if (name.equals("LineNumberTable")) {
        for (int i = 0; i < u2(at + 6); ++i) lines[u2(at + 8 + 4 * i)] = u2(at + 10 + 4 * i);
        for (int i = 1; i < codeLength; ++i) if (lines[i] == 0) lines[i] = lines[i - 1];
      }
      at += 6 + u4(at + 2);
    }
    findLocals();
    promotedSlots = new int[codeLength];
    int[] numbers = numbers(promoted);
    for (int i = 0; i < numbers.length; i += 2) {
      // Not if the jump became a long one.
      int place = codeStart + numbers[i];
      if (u4(place) == (DUP << 24 | IFNULL << 16 | 3)) promotedSlots[numbers[i]] = numbers[i + 1] + 1;
    }
    isDerived = new boolean[maxLocals];
    knownSlots = numbers(known);
    for (int slot : knownSlots) isDerived[slot] = true;
    promotedSlot = knownSlots.length == 0 ? -1 : knownSlots[0];
    baseClass = frame + "Code";
    StringBuilder type = new StringBuilder("(L" + frame + ";I");
    for (Local local : locals) type.append(local.descriptor);
    baseDescriptor = type.append(")Z").toString();
    assignSlots();
  }

  private static int[] numbers(String text) {
    if (text.isEmpty()) return new int[0];
    String[] words = text.trim().split(" ");
    int[] numbers = new int[words.length];
    for (int i = 0; i < words.length; ++i) numbers[i] = Integer.parseInt(words[i]);
    return numbers;
  }

  // What constants mean, by index. Strings are avoided: HotSpot's interpreter takes long for them.

  private final Class<?>[] classes;
  private final Field[] fields;
  private final int[] calls;

  /** A class of the program. */
  Class<?> classAt(int index) {
    if (classes[index] == null) {
      String name = className(index);
      try {
        classes[index] = Class.forName(name.replace('/', '.'), false, loader);
      } catch (ClassNotFoundException error) {
        throw new Evaluation.Failure("no class " + name);
      }
    }
    return classes[index];
  }

  Field fieldAt(int member) {
    if (fields[member] == null) {
      try {
        fields[member] = classAt(u2(constants[member] + 1)).getDeclaredField(nameOf(member));
      } catch (NoSuchFieldException error) {
        throw new Evaluation.Failure("no field " + nameOf(member));
      }
    }
    return fields[member];
  }

  /** The class that an instruction names, by itself or by a member; null if there is none. */
  String classNamedAt(int pc) {
    int op = u1(codeStart + pc);
    int index = u2(codeStart + pc + 1);
    if (op == CHECKCAST || op == INSTANCEOF) return className(index);
    return op >= GETSTATIC && op <= INVOKEINTERFACE ? ownerOf(index) : null;
  }

  /** The first letter of a field's or a method's descriptor. */
  char letterOf(int member) {
    return (char) u1(constants[u2(constants[u2(constants[member] + 3)] + 3)] + 3);
  }

  /** Of a method: how many arguments it has, `<< 16`, their slots, `<< 8`, and the result's letter. */
  int callOf(int member) {
    if (calls[member] == 0) {
      String descriptor = descriptorOf(member);
      int values = 0;
      int slots = 0;
      int at = 1;
      for (; descriptor.charAt(at) != ')'; ++at) {
        ++values;
        char type = descriptor.charAt(at);
        slots += type == 'J' || type == 'D' ? 2 : 1;
        while (descriptor.charAt(at) == '[') ++at;
        if (descriptor.charAt(at) == 'L') at = descriptor.indexOf(';', at);
      }
      calls[member] = values << 16 | slots << 8 | descriptor.charAt(at + 1);
    }
    return calls[member];
  }

  private int pinClass = -1;

  /** Whether a field is one of Pin's. */
  boolean isPin(int member) {
    int owner = u2(constants[member] + 1);
    if (owner != pinClass && !className(owner).equals("weft/rt/Pin")) return false;
    pinClass = owner;
    return true;
  }

  /** What exceptions of the instruction lead to; null if they lead out. */
  Range[] rangesAt(int at) {
    return rangesAt[at];
  }

  int u1(int at) {
    return bytes[at] & 0xff;
  }

  int u2(int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }

  int u4(int at) {
    return u2(at) << 16 | u2(at + 2);
  }

  long u8(int at) {
    return (long) u4(at) << 32 | u4(at + 4) & 0xffffffffL;
  }

  private int sizeOf(int tag, int at) {
    switch (tag) {
      case UTF8:
        return 3 + u2(at + 1);
      case INTEGER:
      case 4:
      case FIELD:
      case METHOD:
      case INTERFACE_METHOD:
      case NAME_AND_TYPE:
      case 17:
      case 18:
        return 5;
      case LONG:
      case DOUBLE:
        return 9;
      case 15:
        return 4;
      default:
        return 3;
    }
  }

  // ---- Constants, by index.

  int tag(int index) {
    return bytes[constants[index]];
  }

  int intConstant(int index) {
    return u4(constants[index] + 1);
  }

  long longConstant(int index) {
    return u8(constants[index] + 1);
  }

  String text(int index) {
    int at = constants[index];
    // Names are ASCII; what is not only has to be something.
    return new String(bytes, at + 3, u2(at + 1), StandardCharsets.ISO_8859_1);
  }

  String className(int index) {
    return text(u2(constants[index] + 1));
  }

  /** The name of the class that a field or a method belongs to. */
  String ownerOf(int member) {
    return className(u2(constants[member] + 1));
  }

  String nameOf(int member) {
    return text(u2(constants[u2(constants[member] + 3)] + 1));
  }

  String descriptorOf(int member) {
    return text(u2(constants[u2(constants[member] + 3)] + 3));
  }

  // ---- Frames.

  private int position;

  private int readType() {
    int tag = u1(position++);
    if (tag < IS_OBJECT) return tag;
    int operand = u2(position);
    position += 2;
    return tag | operand << 8;
  }

  static boolean isWide(int type) {
    return type == IS_LONG || type == IS_DOUBLE;
  }

  private void readFrames(int at, String descriptor) {
    position = at + 2;
    int count = u2(at);
    int[] locals = null;
    int code = -1;
    while (count-- > 0) {
      int form = u1(position++);
      int[] stack = {};
      if (form < 64) {
        code += form + 1;
      } else if (form < 128) {
        code += form - 64 + 1;
        stack = new int[] {readType()};
      } else if (form == 255) {
        code += u2(position) + 1;
        int number = u2(position + 2);
        position += 4;
        int[] slots = new int[2 * number];
        int slot = 0;
        for (int i = 0; i < number; ++i) {
          int type = readType();
          slots[slot++] = type;
          if (isWide(type)) slots[slot++] = TOP;
        }
        locals = Arrays.copyOf(slots, slot);
        if (slot > callerSlot) locals[callerSlot] = locals[callerSlot + 1] = TOP;
        stack = new int[u2(position)];
        position += 2;
        for (int i = 0; i < stack.length; ++i) stack[i] = readType();
      } else {
        throw new IllegalArgumentException("a frame of form " + form);
      }
      Frame frame = new Frame();
      frame.locals = locals != null ? locals : parameters(descriptor);
      frame.stack = stack;
      frames[code] = frame;
    }
  }

  /** Finds the locals that live when a round begins. */
  private void findLocals() {
    // The entry reads those from the frame that can have changed.
    boolean[] isVariable = new boolean[maxLocals];
    for (int at = entry; at < codeLength; at += lengthAt(at)) {
      int place = codeStart + at;
      if (isStore(u1(place))) isVariable[slotAt(place)] = true;
    }
    Frame frame = frames[head];
    for (int slot = 0; slot < frame.locals.length; ++slot) {
      int tag = frame.locals[slot] & 0xff;
      if (tag == TOP) continue;
      // The order of the instructions for each type is another one than that of the tags.
      int type = "IJFDA".indexOf(".IFDJ..A".charAt(tag));
      String descriptor = "IJFDA".substring(type, type + 1);
      if (tag == IS_OBJECT) {
        String name = text(u2(constants[frame.locals[slot] >> 8] + 1));
        descriptor = name.charAt(0) == '[' ? name : "L" + name + ";";
      }
      locals.add(new Local(slot, type, descriptor, isVariable[slot]));
    }
  }

  /**
   * Where what is made has the locals of the template, and some more: those that live between
   * rounds stay where they come as arguments, so that nothing has to be moved. Not if their place
   * also holds half of a long at times, as it has to be beside the other half.
   */
  private void assignSlots() {
    boolean[] isHalf = new boolean[maxLocals + 1];
    for (int at = 0; at < codeLength; at += lengthAt(at)) {
      int place = codeStart + at;
      int op = u1(place);
      if (!isLoad(op) && !isStore(op)) continue;
      int slot = slotAt(place);
      if (isOfTwo(op)) isHalf[slot] = isHalf[slot + 1] = true;
    }
    // this, the frame and the depth come before.
    argumentSlots = 3;
    for (Local local : locals) argumentSlots += local.isWide() ? 2 : 1;
    slots = new int[maxLocals + 4];
    // The others come last, so that most frames are short.
    int others = argumentSlots + 2;
    slotCount = others + maxLocals + 1;
    for (int slot = 0; slot < maxLocals; ++slot) slots[slot] = others + slot;
    int argument = 3;
    for (Local local : locals) {
      if (!isHalf[local.slot]) slots[local.slot] = argument;
      argument += local.isWide() ? 2 : 1;
    }
    slots[maxLocals + Evaluation.FRAME] = 1;
    slots[maxLocals + Evaluation.DEPTH] = 2;
    slots[maxLocals + Evaluation.ROUNDS] = argumentSlots;
    slots[maxLocals + Evaluation.TEMPORARY] = argumentSlots + 1;
  }

  private static boolean isLoad(int op) {
    return op >= ILOAD && op <= ALOAD_3;
  }

  private static boolean isStore(int op) {
    return op >= ISTORE && op <= ASTORE_3;
  }

  /** The local that a load or a store is about. */
  private int slotAt(int place) {
    int op = u1(place);
    if (op <= ALOAD || op >= ISTORE && op <= ASTORE) return u1(place + 1);
    return (op - (isLoad(op) ? ILOAD_0 : ISTORE_0)) % 4;
  }

  /** Whether a load or a store moves a long or a double: the second and the fourth type of five. */
  private static boolean isOfTwo(int op) {
    int first = isLoad(op) ? ILOAD : ISTORE;
    int type = op < first + 5 ? op - first : (op - first - 5) / 4;
    return type == 1 || type == 3;
  }

  /** By slot, of what LoopFrame.known() says; null if that is nothing. */
  Object[] knownOf(Object[] objects) {
    if (objects == null || objects[0] == null) return null;
    Object[] known = new Object[maxLocals];
    for (int i = 0; i < knownSlots.length; ++i) known[knownSlots[i]] = objects[i];
    return known;
  }

  Local local(int slot) {
    for (Local local : locals) if (local.slot == slot) return local;
    throw new IllegalArgumentException();
  }

  /** The field of the frame that holds a local. */
  int field(ClassBytes file, Local local) {
    String common = "weft/rt/LoopFrame";
    if (local.slot == codeSlot) return file.field(common, "code", "Ljava/lang/Object;");
    if (local.slot == nextSlot) return file.field(common, "next", "I");
    return file.field(frame, "l" + local.slot, local.descriptor);
  }

  /** The abstract class of all that is made for the loop. */
  byte[] baseFile() {
    ClassBytes file = new ClassBytes(this);
    file.addConstructor("weft/rt/Specialised");
    file.add(method, baseDescriptor, null);
    ClassBytes.Output code = new ClassBytes.Output();
    int size = 3;
    code.u1(ALOAD_0);
    code.u1(ALOAD_1);
    code.u1(CHECKCAST);
    code.u2(file.type(frame));
    code.u1(ILOAD_2);
    for (Local local : locals) {
      code.u1(ALOAD_1);
      if (local.slot != codeSlot && local.slot != nextSlot) {
        code.u1(CHECKCAST);
        code.u2(file.type(frame));
      }
      code.u1(GETFIELD);
      code.u2(field(file, local));
      if (local.slot == codeSlot) {
        code.u1(CHECKCAST);
        code.u2(file.type(local.descriptor));
      }
      size += local.isWide() ? 2 : 1;
    }
    code.u1(INVOKEVIRTUAL);
    code.u2(file.method(baseClass, method, baseDescriptor));
    code.u1(IRETURN);
    file.add("run", "(Lweft/rt/LoopFrame;I)Z", ClassBytes.body(size, 3, code));
    return file.file(
        ClassBytes.PUBLIC | ClassBytes.SUPER | ClassBytes.ABSTRACT,
        baseClass,
        "weft/rt/Specialised",
        0);
  }

  /** How long the instruction is. */
  private int lengthAt(int at) {
    int place = codeStart + at;
    int op = u1(place);
    if (op == TABLESWITCH || op == LOOKUPSWITCH) {
      int rows = codeStart + (at & ~3) + 8;
      int count = op == TABLESWITCH ? u4(rows + 4) - u4(rows) + 1 : 2 * u4(rows);
      return rows + (op == TABLESWITCH ? 8 : 4) + 4 * count - place;
    }
    if (op >= ILOAD && op <= ALOAD || op >= ISTORE && op <= ASTORE) return 2;
    if (op == BIPUSH || op == LDC || op == NEWARRAY) return 2;
    if (op == INVOKEINTERFACE || op == GOTO_W) return 5;
    if (op == SIPUSH || op == LDC_W || op == LDC2_W || op == IINC) return 3;
    if (op >= IFEQ && op <= GOTO) return 3;
    if (op == ARRAYLENGTH || op == ATHROW) return 1;
    if (op >= GETSTATIC && op <= INSTANCEOF || op == IFNULL || op == IFNONNULL) return 3;
    return 1;
  }

  private int[] parameters(String descriptor) {
    int[] slots = new int[2 * descriptor.length()];
    int slot = 0;
    for (int at = 1; descriptor.charAt(at) != ')'; ) {
      int start = at;
      while (descriptor.charAt(at) == '[') ++at;
      at = descriptor.charAt(at) == 'L' ? descriptor.indexOf(';', at) + 1 : at + 1;
      String type = descriptor.substring(start, at);
      char kind = type.charAt(0);
      slots[slot++] =
          kind == 'J'
              ? IS_LONG
              : kind == 'D'
                  ? IS_DOUBLE
                  : kind == 'F'
                      ? 2
                      : kind == 'L'
                          ? IS_OBJECT | classNamed(type.substring(1, type.length() - 1)) << 8
                          : kind == '[' ? IS_OBJECT | classNamed(type) << 8 : 1;
      if (isWide(slots[slot - 1])) ++slot;
    }
    return Arrays.copyOf(slots, slot);
  }

  private int classNamed(String name) {
    for (int i = 1; i < poolCount; ++i) {
      if (constants[i] != 0 && tag(i) == CLASS && text(u2(constants[i] + 1)).equals(name)) return i;
    }
    throw new IllegalArgumentException(name);
  }
}
