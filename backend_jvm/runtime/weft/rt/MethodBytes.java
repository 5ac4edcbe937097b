package weft.rt;

import static weft.rt.Opcode.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The method of specialised code while it is written: instructions, jumps to places that come later,
 * ranges of handlers, lines, and the frames that the verifier wants. Locals are those of the
 * template and a few more, and stand where {@link Template#slots} says. What the method consists of
 * is up to {@link Evaluation}.
 */
abstract class MethodBytes {
  /** HotSpot does not compile methods of 8,000 bytes and more. */
  static final int LIMIT = 8000;

  // What is known of a value.
  static final byte UNKNOWN = 0;
  static final byte INT = 1;
  static final byte LONG = 2;

  /** A reference: the number of an object. */
  static final byte OBJECT = 3;

  // Behind the locals of the template: the frame, and what else the code needs.
  static final int FRAME = 0;
  static final int DEPTH = 1;
  static final int ROUNDS = 2;
  static final int TEMPORARY = 3;

  /** A place of the template together with the constants that reach it. */
  static final class Label {
    final int pc;
    final Template.Frame frame;
    final byte[] kinds;
    final long[] values;

    /** The locals that are known. */
    int[] known = {};

    /** The call and the round that it belongs to, and the instruction that calls come back to. */
    Context context;

    int round;

    int resume;
    int position = -1;

    /** Whether jumps lead there, and whether it is in a list of those to be written. */
    boolean isUsed;

    boolean isPending;

    Label(int pc, Template.Frame frame, byte[] kinds, long[] values) {
      this.pc = pc;
      this.frame = frame;
      this.kinds = kinds;
      this.values = values;
    }
  }

  private record Fixup(int instruction, int at, Label label, boolean isWide) {}

  /** Instructions whose exceptions lead somewhere. */
  private static final class Handled {
    final int start;
    int end;
    final Label handler;
    final int type;

    Handled(int start, int end, Label handler, int type) {
      this.start = start;
      this.end = end;
      this.handler = handler;
      this.type = type;
    }
  }

  final Template template;
  final ClassBytes file;

  /** The frame's local; behind it is what else the code needs. */
  final int frameSlot;

  private final byte[] out = new byte[LIMIT + 4096];
  int size;

  private final List<Fixup> fixups = new ArrayList<>();
  private final List<Handled> handled = new ArrayList<>();
  private Handled lastHandled;

  /** In the order of positions. */
  private final List<Label> placed = new ArrayList<>();

  private final List<int[]> lines = new ArrayList<>();
  private int line;

  MethodBytes(Template template) {
    this.template = template;
    file = new ClassBytes(template);
    frameSlot = template.maxLocals;
  }

  /** Called for each place that a jump leads to. */
  abstract void expect(Label label);

  final int size() {
    return size;
  }

  // ---- Places.

  /** The place is here. */
  void place(Label label) {
    label.position = size;
    line = 0;
    placed.add(label);
  }

  /** What comes now is of this line. */
  final void atLine(int now) {
    if (now == line) return;
    line = now;
    lines.add(new int[] {size, line});
  }

  final void jump(int op, Label label) {
    u1(op);
    fixups.add(new Fixup(size - 1, size, label, false));
    u2(0);
    expect(label);
  }

  final void wide(int instruction, Label label) {
    fixups.add(new Fixup(instruction, size, label, true));
    u4(0);
    expect(label);
  }

  final void handle(int start, Label handler, int type) {
    if (lastHandled != null
        && lastHandled.end == start
        && lastHandled.handler == handler
        && lastHandled.type == type) {
      lastHandled.end = size;
      return;
    }
    lastHandled = new Handled(start, size, handler, type);
    handled.add(lastHandled);
  }

  // ---- Instructions.

  final void u1(int value) {
    if (size == out.length) throw new Evaluation.Failure("too long");
    out[size++] = (byte) value;
  }

  final void u2(int value) {
    u1(value >> 8);
    u1(value);
  }

  final void u4(int value) {
    u2(value >> 16);
    u2(value);
  }

  private void putU2(int at, int value) {
    out[at] = (byte) (value >> 8);
    out[at + 1] = (byte) value;
  }

  final void operate(int op, int constant) {
    u1(op);
    u2(constant);
  }

  /** Where a local of the template is, or one of those that come behind them. */
  final int slotFor(int slot) {
    int here = template.slots[slot];
    if (here >= 255) throw new Evaluation.Failure("too many locals");
    return here;
  }

  final void writeAccess(int plain, int first, int slot) {
    writePlainAccess(plain, first, slotFor(slot));
  }

  final void writePlainAccess(int plain, int first, int slot) {
    if (slot < 4) {
      u1(first + slot);
    } else {
      u1(plain);
      u1(slot);
    }
  }

  final void writeLoad(int type, int slot) {
    writeAccess(ILOAD + type, ILOAD_0 + 4 * type, slot);
  }

  final void writeStore(int type, int slot) {
    writeAccess(ISTORE + type, ISTORE_0 + 4 * type, slot);
  }

  final void writeLoadReference(int slot) {
    writeLoad(4, slot);
  }

  final void writeInt(int value) {
    if (value >= -1 && value <= 5) {
      u1(ICONST_0 + value);
    } else if (value == (byte) value) {
      u1(BIPUSH);
      u1(value);
    } else if (value == (short) value) {
      u1(SIPUSH);
      u2(value);
    } else {
      u1(LDC_W);
      u2(file.intConstant(value));
    }
  }

  final void writeLong(long value) {
    if (value == 0 || value == 1) {
      u1(LCONST_0 + (int) value);
    } else {
      u1(LDC2_W);
      u2(file.longConstant(value));
    }
  }

  // ---- The end.

  /** Jumps get their distances, when all places are known. */
  final void finishJumps() {
    if (size >= LIMIT) throw new Evaluation.Failure("too long: " + size);
    for (Fixup fixup : fixups) {
      if (fixup.label.position < 0) throw new Evaluation.Failure("a jump to nowhere");
      int distance = fixup.label.position - fixup.instruction;
      if (fixup.isWide) {
        putU2(fixup.at, distance >> 16);
        putU2(fixup.at + 2, distance);
      } else {
        putU2(fixup.at, distance);
      }
    }
  }

  /** The Code attribute, which may still ask for constants. */
  final byte[] body() {
    ClassBytes.Output body = new ClassBytes.Output();
    body.u2(template.maxStack + template.argumentSlots + 8);
    body.u2(template.slotCount);
    body.u4(size);
    body.all(out, 0, size);
    body.u2(handled.size());
    for (Handled range : handled) {
      body.u2(range.start);
      body.u2(range.end);
      body.u2(range.handler.position);
      body.u2(range.type);
    }
    body.u2(lines.isEmpty() ? 1 : 2);

    ClassBytes.Output table = new ClassBytes.Output();
    int count = 0;
    int last = -1;
    int baseType = file.type(template.baseClass);
    int frameType = file.type(template.frame);
    for (int i = 0; i < placed.size(); ) {
      int first = i;
      int position = placed.get(first).position;
      // A place that is only fallen into needs no frame.
      boolean isUsed = false;
      for (; i < placed.size() && placed.get(i).position == position; ++i) {
        isUsed |= placed.get(i).isUsed;
      }
      if (!isUsed) continue;
      ++count;
      table.u1(255);
      table.u2(position - last - 1);
      last = position;
      writeFrame(placed.subList(first, i), baseType, frameType, table);
    }
    byte[] frames = table.toByteArray();
    body.u2(file.utf8("StackMapTable"));
    body.u4(2 + frames.length);
    body.u2(count);
    body.all(frames);

    if (!lines.isEmpty()) {
      body.u2(file.utf8("LineNumberTable"));
      body.u4(2 + 4 * lines.size());
      body.u2(lines.size());
      for (int[] line : lines) {
        body.u2(line[0]);
        body.u2(line[1]);
      }
    }
    return body.toByteArray();
  }

  /** Of several places without code between them: what is in locals for all of them. */
  private void writeFrame(List<Label> here, int baseType, int frameType, ClassBytes.Output table) {
    int[] known = Arrays.copyOf(here.get(0).frame.locals, frameSlot);
    for (Label label : here) {
      for (int slot = 0; slot < frameSlot; ++slot) {
        if (!label.frame.isLive(slot) || label.kinds[slot] != UNKNOWN) known[slot] = Template.TOP;
      }
    }
    int[] types = new int[template.slotCount];
    int end = template.slots[frameSlot + ROUNDS] + 1;
    for (int slot = 0; slot < frameSlot; ++slot) {
      if (known[slot] == Template.TOP) continue;
      int place = template.slots[slot];
      types[place] = known[slot];
      end = Math.max(end, place + (Template.isWide(known[slot]) ? 2 : 1));
    }
    types[0] = Template.IS_OBJECT | baseType << 8;
    types[template.slots[frameSlot + FRAME]] = Template.IS_OBJECT | frameType << 8;
    types[template.slots[frameSlot + DEPTH]] = 1;
    types[template.slots[frameSlot + ROUNDS]] = 1;
    int count = 0;
    for (int slot = 0; slot < end; ++slot) {
      ++count;
      if (Template.isWide(types[slot])) ++slot;
    }
    table.u2(count);
    for (int slot = 0; slot < end; ++slot) {
      writeType(types[slot], table);
      if (Template.isWide(types[slot])) ++slot;
    }
    int[] stack = here.get(here.size() - 1).frame.stack;
    table.u2(stack.length);
    for (int type : stack) writeType(type, table);
  }

  private static void writeType(int type, ClassBytes.Output table) {
    int tag = type & 0xff;
    table.u1(tag);
    if (tag == Template.IS_OBJECT) table.u2(type >> 8);
    if (tag == Template.IS_UNINITIALISED) throw new Evaluation.Failure("an object that is not initialised");
  }
}
