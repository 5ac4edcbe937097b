package weft.rt;

import static weft.rt.Opcode.*;

import java.util.Arrays;

/**
 * What is known of values where an {@link Evaluation} stands: of the locals of the template and of
 * the operand stack. A known value is written when something needs it.
 */
abstract class KnownValues extends MethodBytes {
  /** The objects that are known, by number; at 0 the array from which evaluation begins. */
  private Object[] objects = new Object[16];

  private int objectCount;

  /** The class that is written. */
  final String ownName;

  final byte[] kinds;
  final long[] values;
  /** Of a known local: whether it is stored as well. */
  final boolean[] isStored;

  /** The locals that are known, and some that were. */
  private final int[] knownSlots;

  private int knownCount;
  private final boolean[] isListed;

  final byte[] stackKinds;
  final long[] stackValues;
  final boolean[] stackIsWide;
  int depth;
  /**
   * How many values of the stack are there; those above are known and not pushed yet. What is known
   * of a value that is there matters when it is stored: copies of several locals push all first.
   */
  int pushed;

  KnownValues(Template template, String ownName) {
    super(template);
    this.ownName = ownName;
    int locals = template.maxLocals;
    kinds = new byte[locals];
    values = new long[locals];
    isStored = new boolean[locals];
    knownSlots = new int[locals];
    isListed = new boolean[locals];
    stackKinds = new byte[template.maxStack + 8];
    stackValues = new long[template.maxStack + 8];
    stackIsWide = new boolean[template.maxStack + 8];
  }

  /** What Specialised.objects is to be when the class is initialised. */
  final Object[] objects() {
    return Arrays.copyOf(objects, objectCount);
  }

  // ---- At places.

  /** A place where nothing is known. */
  final Label unknownAt(int pc, Template.Frame frame) {
    return new Label(pc, frame, new byte[kinds.length], new long[kinds.length]);
  }

  /** A place with what is known now, as far as it matters there. */
  final Label knownAt(int pc, Template.Frame frame, boolean isGeneral) {
    Label label = unknownAt(pc, frame);
    label.known = new int[knownCount];
    int count = 0;
    for (int i = 0; i < knownCount; ++i) {
      int slot = knownSlots[i];
      if (!isKept(slot, frame, isGeneral)) continue;
      label.kinds[slot] = kinds[slot];
      label.values[slot] = values[slot];
      label.known[count++] = slot;
    }
    label.known = Arrays.copyOf(label.known, count);
    return label;
  }

  static void know(Label label, int slot, byte kind, long value) {
    label.known = Arrays.copyOf(label.known, label.known.length + 1);
    label.known[label.known.length - 1] = slot;
    label.kinds[slot] = kind;
    label.values[slot] = value;
  }

  /** Whether what is known is what is known at the label. */
  final boolean matches(Label label, boolean isGeneral) {
    int count = 0;
    for (int i = 0; i < knownCount; ++i) {
      int slot = knownSlots[i];
      if (!isKept(slot, label.frame, isGeneral)) continue;
      if (label.kinds[slot] != kinds[slot] || label.values[slot] != values[slot]) return false;
      ++count;
    }
    return count == label.known.length;
  }

  /** Whether what is known of a local is so at the label, too. */
  private boolean isKept(int slot, Template.Frame frame, boolean isGeneral) {
    return kinds[slot] != UNKNOWN
        && frame.isLive(slot)
        && (!isGeneral
            || slot == template.nextSlot
            || slot == template.codeSlot
            || template.isDerived[slot]);
  }

  /** Knows what is known at a place. */
  final void knowFrom(Label label) {
    while (knownCount > 0) {
      int slot = knownSlots[--knownCount];
      kinds[slot] = UNKNOWN;
      isListed[slot] = false;
    }
    for (int slot : label.known) knowLocal(slot, label.kinds[slot], label.values[slot]);
    depth = 0;
    for (int type : label.frame.stack) {
      stackKinds[depth] = UNKNOWN;
      stackIsWide[depth++] = Template.isWide(type);
    }
    pushed = depth;
  }

  /** Stores the known locals that the label has no constants for. */
  final void store(Label label) {
    for (int i = 0; i < knownCount; ++i) {
      int slot = knownSlots[i];
      if (kinds[slot] == UNKNOWN || isStored[slot]) continue;
      if (!label.frame.isLive(slot) || label.kinds[slot] != UNKNOWN) continue;
      writeKnown(kinds[slot], values[slot]);
      writeStore(kinds[slot] == INT ? 0 : kinds[slot] == LONG ? 1 : 4, slot);
      isStored[slot] = true;
    }
  }

  // ---- Locals.

  final void knowLocal(int slot, byte kind, long value) {
    kinds[slot] = kind;
    values[slot] = value;
    isStored[slot] = false;
    if (isListed[slot]) return;
    isListed[slot] = true;
    knownSlots[knownCount++] = slot;
  }

  /** The object that a local holds; null if it is not known. */
  final Object objectIn(int slot) {
    return kinds[slot] == OBJECT ? objects[(int) values[slot]] : null;
  }

  final void forget(int slot) {
    kinds[slot] = UNKNOWN;
    if (slot > 0 && kinds[slot - 1] == LONG) kinds[slot - 1] = UNKNOWN;
  }

  // ---- The stack.

  /** Pushes what is known and not there yet. */
  final void push() {
    for (; pushed < depth; ++pushed) {
      writeKnown(stackKinds[pushed], stackValues[pushed]);
    }
  }

  final void writeKnown(byte kind, long value) {
    if (kind == INT) {
      writeInt((int) value);
    } else if (kind == LONG) {
      writeLong(value);
    } else {
      writeObject(objects[(int) value]);
    }
  }

  final void writeObject(Object object) {
    if (object == null) {
      u1(ACONST_NULL);
    } else {
      operate(GETSTATIC, file.object(ownName, object, numberOf(object)));
    }
  }

  final int numberOf(Object object) {
    for (int i = 0; i < objectCount; ++i) if (objects[i] == object) return i;
    if (objectCount == objects.length) objects = Arrays.copyOf(objects, 2 * objectCount);
    objects[objectCount] = object;
    return objectCount++;
  }

  final void knowObject(Object object) {
    know(OBJECT, numberOf(object));
  }

  final void know(byte kind, long value) {
    stackKinds[depth] = kind;
    stackValues[depth] = value;
    stackIsWide[depth] = kind == LONG;
    ++depth;
  }

  final boolean isKnown(int below) {
    return depth - 1 - below >= pushed;
  }

  final boolean isKnown(int below, byte kind) {
    return isKnown(below) && stackKinds[depth - 1 - below] == kind;
  }

  final Object object(int below) {
    return objects[(int) value(below)];
  }

  final long value(int below) {
    return stackValues[depth - 1 - below];
  }

  final void drop(int count) {
    depth -= count;
    if (depth < 0) throw new Evaluation.Failure("the stack is empty");
    pushed = Math.min(pushed, depth);
  }

  /** What an instruction leaves that is written as it is. */
  final void leave(boolean isWide) {
    stackKinds[depth] = UNKNOWN;
    stackIsWide[depth] = isWide;
    pushed = ++depth;
  }
}
