package weft.rt;

import static weft.rt.Opcode.*;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;

/**
 * Evaluates an interpreter loop for a piece of code, as far as it can be, and writes a class with
 * what is left: online partial evaluation that specialises each place of the loop for each set of
 * constants that reaches it (polyvariant program-point specialisation; Jones, Gomard and Sestoft,
 * "Partial Evaluation and Automatic Program Generation").
 *
 * <p>Known at first are the array of instructions and the number of the next one; from there on,
 * whatever is computed from constants is one. A local whose value is known is not stored until
 * something needs it: a place where it may have other values, an exception handler, the end. A
 * place is written once for the same constants; so where the head of the loop is reached with an
 * instruction that has been there, a jump goes back, and where the next instruction or the array is
 * not known (a call, a return), the locals are handed back and the method ends.
 *
 * <p>Frames come from the template: what a place is told of its locals there holds here, too,
 * except that those with known values need not be there.
 */
final class Evaluation extends MethodBytes {
  /** This code cannot be specialised, or not from here. */
  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    Failure(String message) {
      super(message);
    }
  }

  /** No further instruction is begun when the code is so long, because of LIMIT. */
  static final int ENOUGH = 6000;

  /** An estimate of what a place within a round takes. */
  private static final int BYTES_OF_PLACE = 60;

  /** How often a loop ends and is called again before it goes on by itself. */
  private static final int WARM_UP_ROUNDS = 100_000;

  /** How often one place is written in one round, until its constants are given up. */
  private static final int MOST_VARIANTS = 6;

  private final Object code;
  private final int length;
  private final int start;

  // ---- What is known where the evaluation stands.

  private final byte[] kinds;
  private final long[] values;
  /** Of a known local: whether it is stored as well. */
  private final boolean[] isStored;

  private final byte[] stackKinds;
  private final long[] stackValues;
  private final boolean[] stackIsWide;
  private int depth;
  /**
   * How many values of the stack are there; those above are known and not pushed yet. What is known
   * of a value that is there matters when it is stored: copies of several locals push all first.
   */
  private int pushed;

  // ---- What is written.

  private String ownName;

  /** All places, by what is known there; handlers by where they stand in the template. */
  private final HashMap<String, Label> labels = new HashMap<>();

  private final Label[] handlers;

  /** How often a place has been written in a round. */
  private final HashMap<Long, Integer> variants = new HashMap<>();

  /** What is to be written: places within rounds, which come first, and rounds by instruction. */
  private final TreeMap<Long, Label> inner = new TreeMap<>();

  /** How many of them there are. */
  private int waiting;

  private final TreeMap<Long, Label> rounds = new TreeMap<>();

  /** Counts, so that two places of one round have different keys. */
  private int expected;

  /** Where the locals are handed over: by the instruction that calls come back to, and the end. */
  private final TreeMap<Integer, Label> exits = new TreeMap<>();

  private final List<String> callees = new ArrayList<>();
  private boolean hasWarmUp;

  /** The instruction that is being evaluated, and the last one that was to be the next. */
  private int round;

  private int resume;

  private static final String CALLEE = "Lweft/rt/Callee;";

  /** Where other stretches begin, and where this one does. */
  private final boolean[] isEnd;

  private Label first;
  private boolean isLong;
  private final List<Integer> cuts = new ArrayList<>();

  /** From this instruction on, up to those where other stretches begin. */
  Evaluation(Template template, Object code, int start, boolean[] isEnd) {
    super(template);
    this.isEnd = isEnd;
    this.code = code;
    this.start = start;
    length = Array.getLength(code);
    int locals = template.maxLocals;
    kinds = new byte[locals];
    values = new long[locals];
    isStored = new boolean[locals];
    stackKinds = new byte[template.maxStack + 8];
    stackValues = new long[template.maxStack + 8];
    stackIsWide = new boolean[template.maxStack + 8];
    handlers = new Label[template.codeLength];
  }

  /** Whether it has loops or calls, so that it may run for long. */
  boolean isLong() {
    return isLong;
  }

  /** Where it ends because it has become long. */
  List<Integer> cuts() {
    return cuts;
  }

  /** The bytes of a class with this internal name. */
  byte[] run(String name) {
    ownName = name;
    writePrologue();
    knowLocal(template.codeSlot, CODE, 0);
    knowLocal(template.nextSlot, INT, start);
    first = labelAt(template.head);
    for (Label label = first; label != null; label = nextPending()) follow(label);
    Label end = exitFor(NONE);
    if (end.isUsed) writeEnd(end);
    finishJumps();
    file.addConstructor(template.baseClass);
    // Under the name of the loop's own method, which tracebacks show.
    file.add(template.method, template.baseDescriptor, body());
    if (hasWarmUp) file.addStatic(name, "left", WARM_UP_ROUNDS);
    for (String callee : callees) file.addStatic(name, callee, "weft/rt/Callee");
    return file.file(
        ClassBytes.PUBLIC | ClassBytes.SUPER, name, template.baseClass, template.sourceFile);
  }

  // ---- Labels.

  /**
   * What to write next: all of a round before the next one, in the order of the template. So nearly
   * all jumps lead forward but those of the program's loops. HotSpot takes every jump backward for
   * a loop, and gives up on compiling one that has something on the operand stack.
   */
  private Label nextPending() {
    while (true) {
      Label label;
      if (!inner.isEmpty()) {
        label = inner.pollFirstEntry().getValue();
      } else if (!rounds.isEmpty()) {
        Long key = rounds.ceilingKey((long) start << 32);
        label = rounds.remove(key != null ? key : rounds.firstKey());
      } else {
        return null;
      }
      if (label.position < 0) return label;
    }
  }

  /** Whether the label may stand right here. */
  private boolean isNext(Label label) {
    while (!inner.isEmpty() && inner.firstEntry().getValue().position >= 0) inner.pollFirstEntry();
    return inner.isEmpty() || label.pc != template.head && order(label) <= inner.firstKey() >> 32;
  }

  /** Calls come last in a round. */
  private static long order(Label label) {
    return label.pc < 0 ? Integer.MAX_VALUE : label.pc;
  }

  /** The place with what is known now. Whoever goes there calls store() first. */
  private Label labelAt(int pc) {
    boolean isHead = pc == template.head || pc >= template.entry;
    if (isHead) {
      pc = template.head;
      if (kinds[template.nextSlot] != INT || kinds[template.codeSlot] != CODE) {
        // To a fixed instruction of other code: a call. Else it is the end of one.
        return exitFor(kinds[template.nextSlot] == INT ? resume : NONE);
      }
      long next = values[template.nextSlot];
      if (next < 0 || next >= length) return exitFor(NONE);
    }
    Template.Frame frame = template.frames[pc];
    if (frame == null) throw new Failure("no frame at " + pc);
    Label known = labels.get(key(pc, frame, false));
    if (known != null) return known;
    if (isHead && isEnd[(int) values[template.nextSlot]]) return exitFor(NONE);
    if (isHead && size + BYTES_OF_PLACE * waiting >= ENOUGH) {
      cuts.add((int) values[template.nextSlot]);
      return exitFor(NONE);
    }
    long place = (isHead ? values[template.nextSlot] : (long) round) << 32 | pc;
    Integer count = variants.get(place);
    variants.put(place, count == null ? 1 : count + 1);
    boolean isGeneral = count != null && count >= MOST_VARIANTS;
    String key = key(pc, frame, isGeneral);
    Label label = labels.get(key);
    if (label == null) {
      label = makeLabel(pc, frame, isGeneral);
      labels.put(key, label);
    }
    return label;
  }

  /** No place to come back to. */
  private static final int NONE = -1;

  private Label exitFor(int resume) {
    Label exit = exits.get(resume);
    if (exit == null) {
      exit = unknownAt(-1, template.frames[template.head]);
      exit.round = NONE;
      exit.resume = resume;
      exits.put(resume, exit);
    }
    return exit;
  }

  /** A place where nothing is known. */
  private Label unknownAt(int pc, Template.Frame frame) {
    return new Label(pc, frame, new byte[kinds.length], new long[kinds.length]);
  }

  private Label makeLabel(int pc, Template.Frame frame, boolean isGeneral) {
    Label label = unknownAt(pc, frame);
    for (int slot = 0; slot < kinds.length; ++slot) {
      if (!isKept(slot, frame, isGeneral)) continue;
      label.kinds[slot] = kinds[slot];
      label.values[slot] = values[slot];
    }
    boolean isHead = pc == template.head;
    label.round = isHead ? (int) values[template.nextSlot] : round;
    label.resume = isHead ? label.round : resume;
    return label;
  }

  /** Whether what is known of a local is so at the label, too. */
  private boolean isKept(int slot, Template.Frame frame, boolean isGeneral) {
    return kinds[slot] != UNKNOWN
        && frame.isLive(slot)
        && (!isGeneral || slot == template.codeSlot || slot == template.nextSlot);
  }

  private String key(int pc, Template.Frame frame, boolean isGeneral) {
    StringBuilder key = new StringBuilder();
    key.append(pc);
    for (int slot = 0; slot < kinds.length; ++slot) {
      if (!isKept(slot, frame, isGeneral)) continue;
      key.append(' ').append(slot).append('=').append(kinds[slot] == CODE ? 0 : values[slot]);
    }
    return key.toString();
  }

  /** A handler's place: nothing is known there. */
  private Label handlerAt(int pc) {
    Label label = handlers[pc];
    if (label == null) {
      label = unknownAt(pc, template.frames[pc]);
      label.round = NONE;
      label.resume = NONE;
      label.isUsed = true;
      label.isPending = true;
      inner.put(order(label) << 32 | ++expected, label);
      ++waiting;
      handlers[pc] = label;
    }
    return label;
  }

  /** Stores the known locals that the label has no constants for. */
  private void store(Label label) {
    for (int slot = 0; slot < kinds.length; ++slot) {
      if (kinds[slot] == UNKNOWN || isStored[slot]) continue;
      if (!label.frame.isLive(slot) || label.kinds[slot] != UNKNOWN) continue;
      if (kinds[slot] == INT) {
        writeInt((int) values[slot]);
        writeStore(0, slot);
      } else {
        writeLong(values[slot]);
        writeStore(1, slot);
      }
      isStored[slot] = true;
    }
  }

  /** Something jumps there: it has to be written. */
  @Override
  void expect(Label label) {
    label.isUsed = true;
    if (label.pc == template.head && label.position >= 0) isLong = true;
    if (label == exits.get(NONE) || label.position >= 0 || label.isPending) return;
    label.isPending = true;
    if (label.pc == template.head) {
      rounds.put((long) label.round << 32 | ++expected, label);
    } else {
      inner.put(order(label) << 32 | ++expected, label);
      ++waiting;
    }
  }

  @Override
  void place(Label label) {
    super.place(label);
    if (label.isPending && label.pc != template.head) --waiting;
  }

  // ---- Evaluation.

  private void follow(Label label) {
    while (label != null) {
      if (label == exits.get(NONE) || label.position >= 0) {
        if (label == first) writeWarmUp();
        jump(GOTO, label);
        return;
      }
      if (!isNext(label)) {
        jump(GOTO, label);
        return;
      }
      place(label);
      System.arraycopy(label.kinds, 0, kinds, 0, kinds.length);
      System.arraycopy(label.values, 0, values, 0, values.length);
      for (int i = 0; i < kinds.length; ++i) isStored[i] = kinds[i] == CODE;
      depth = 0;
      for (int type : label.frame.stack) {
        stackKinds[depth] = UNKNOWN;
        stackIsWide[depth++] = Template.isWide(type);
      }
      pushed = depth;
      round = label.round;
      resume = label.resume;
      label = label.pc < 0 ? writeCall(label) : evaluate(label.pc);
    }
  }

  /** Evaluates from a place on; gives the one where it goes on, if control does not end. */
  private Label evaluate(int pc) {
    int first = pc;
    while (true) {
      if (pc != first && template.frames[pc] != null) return target(pc);
      Template.Range[] ranges = template.rangesAt(pc);
      if (ranges != null) {
        for (Template.Range range : ranges) store(handlerAt(range.handler()));
      }
      int start = size;
      atLine(template.lines[pc]);
      int next = instruction(pc);
      if (ranges != null && size > start) {
        for (Template.Range range : ranges) handle(start, handlerAt(range.handler()), range.type());
      }
      if (next == ENDED) return null;
      if (next < 0) return target(~next);
      pc = next;
    }
  }

  private Label target(int pc) {
    push();
    Label label = labelAt(pc);
    store(label);
    return label;
  }

  /** Pushes what is known and not there yet. */
  private void push() {
    for (; pushed < depth; ++pushed) {
      long value = stackValues[pushed];
      if (stackKinds[pushed] == INT) {
        writeInt((int) value);
      } else if (stackKinds[pushed] == LONG) {
        writeLong(value);
      } else {
        writeLoadReference(template.codeSlot);
      }
    }
  }

  private void know(byte kind, long value) {
    stackKinds[depth] = kind;
    stackValues[depth] = value;
    stackIsWide[depth] = kind == LONG;
    ++depth;
  }

  private boolean isKnown(int below) {
    return depth - 1 - below >= pushed;
  }

  private boolean isKnown(int below, byte kind) {
    return isKnown(below) && stackKinds[depth - 1 - below] == kind;
  }

  private long value(int below) {
    return stackValues[depth - 1 - below];
  }

  private void drop(int count) {
    depth -= count;
    if (depth < 0) throw new Failure("the stack is empty");
    pushed = Math.min(pushed, depth);
  }

  /** What an instruction leaves that is written as it is. */
  private void leave(boolean isWide) {
    stackKinds[depth] = UNKNOWN;
    stackIsWide[depth] = isWide;
    pushed = ++depth;
  }

  private void forget(int slot) {
    kinds[slot] = UNKNOWN;
    if (slot > 0 && kinds[slot - 1] == LONG) kinds[slot - 1] = UNKNOWN;
  }

  private static final int ENDED = Integer.MIN_VALUE;

  /** Evaluates an instruction; gives the next one, or ~next where control jumps there. */
  private int instruction(int pc) {
    int at = template.codeStart + pc;
    int op = template.u1(at);
    if (op == NOP) return pc + 1;
    if (op <= LDC2_W) return constant(pc, at, op);
    if (op <= ALOAD) return evaluateLoad(op - ILOAD, template.u1(at + 1), pc + 2);
    if (op <= ALOAD_3) return evaluateLoad((op - ILOAD_0) / 4, (op - ILOAD_0) % 4, pc + 1);
    if (op <= SALOAD) return loadElement(op, pc + 1);
    if (op <= ASTORE) return evaluateStore(op - ISTORE, template.u1(at + 1), pc + 2);
    if (op <= ASTORE_3) return evaluateStore((op - ISTORE_0) / 4, (op - ISTORE_0) % 4, pc + 1);
    if (op <= SASTORE) return plain(op, 3, 0, pc + 1);
    if (op == DUP && isPinnedReference(at)) return pc + 6;
    if (op <= SWAP) return shuffle(op, pc + 1);
    if (op <= LXOR) return arithmetic(op, pc + 1);
    if (op == IINC) return increment(template.u1(at + 1), template.bytes[at + 2], pc + 3);
    if (op <= I2S) return convert(op, pc + 1);
    if (op == LCMP && isKnown(1)) {
      int order = Long.compare(value(1), value(0));
      drop(2);
      know(INT, order);
      return pc + 1;
    }
    if (op <= DCMPG) return plain(op, 2, 1, pc + 1);
    if (op <= IF_ACMPNE) return branch(op, pc, at);
    if (op == IFNULL || op == IFNONNULL) return branch(op, pc, at);
    switch (op) {
      case GOTO:
        return ~(pc + (short) template.u2(at + 1));
      case GOTO_W:
        return ~(pc + template.u4(at + 1));
      case TABLESWITCH:
      case LOOKUPSWITCH:
        return switchOn(op, pc);
      case IRETURN:
      case LRETURN:
      case FRETURN:
      case DRETURN:
      case ARETURN:
      case RETURN:
        writeReturn(op);
        return ENDED;
      case GETSTATIC:
        return getStatic(at, pc + 3);
      case PUTSTATIC:
      case GETFIELD:
      case PUTFIELD:
        return field(op, template.u2(at + 1), pc + 3);
      case INVOKEVIRTUAL:
      case INVOKESPECIAL:
      case INVOKESTATIC:
        return invoke(op, template.u2(at + 1), pc + 3);
      case INVOKEINTERFACE:
        return invoke(op, template.u2(at + 1), pc + 5);
      case NEW:
        push();
        operate(op, template.u2(at + 1));
        leave(false);
        return pc + 3;
      case NEWARRAY:
        plain(op, 1, 1, pc);
        u1(template.u1(at + 1));
        return pc + 2;
      case ANEWARRAY:
      case CHECKCAST:
      case INSTANCEOF:
        plain(op, 1, 1, pc);
        u2(template.u2(at + 1));
        return pc + 3;
      case ARRAYLENGTH:
        if (isKnown(0, CODE)) {
          drop(1);
          know(INT, length);
          return pc + 1;
        }
        return plain(op, 1, 1, pc + 1);
      case ATHROW:
        push();
        u1(op);
        return ENDED;
      default:
        throw new Failure("instruction " + op);
    }
  }

  private int constant(int pc, int at, int op) {
    if (op >= ICONST_M1 && op <= ICONST_5) {
      know(INT, op - ICONST_0);
      return pc + 1;
    }
    if (op == LCONST_0 || op == LCONST_1) {
      know(LONG, op - LCONST_0);
      return pc + 1;
    }
    if (op == BIPUSH) {
      know(INT, template.bytes[at + 1]);
      return pc + 2;
    }
    if (op == SIPUSH) {
      know(INT, (short) template.u2(at + 1));
      return pc + 3;
    }
    if (op < BIPUSH) {
      push();
      u1(op);
      leave(op >= DCONST_0);
      return pc + 1;
    }
    int index = op == LDC ? template.u1(at + 1) : template.u2(at + 1);
    int tag = template.tag(index);
    int next = op == LDC ? pc + 2 : pc + 3;
    if (tag == Template.INTEGER) {
      know(INT, template.intConstant(index));
    } else if (tag == Template.LONG) {
      know(LONG, template.longConstant(index));
    } else {
      push();
      u1(op);
      if (op == LDC) {
        u1(index);
      } else {
        u2(index);
      }
      leave(op == LDC2_W);
    }
    return next;
  }

  private int evaluateLoad(int type, int slot, int next) {
    if (kinds[slot] != UNKNOWN) {
      know(kinds[slot], values[slot]);
    } else {
      push();
      writeAccess(ILOAD + type, ILOAD_0 + 4 * type, slot);
      leave(type == 1 || type == 3);
    }
    return next;
  }

  private int evaluateStore(int type, int slot, int next) {
    boolean isWide = type == 1 || type == 3;
    if (isKnown(0) && (type == 0 || type == 1)) {
      byte kind = stackKinds[depth - 1];
      long value = value(0);
      drop(1);
      forget(slot);
      if (isWide) forget(slot + 1);
      kinds[slot] = kind;
      values[slot] = value;
      isStored[slot] = false;
    } else {
      push();
      writeAccess(ISTORE + type, ISTORE_0 + 4 * type, slot);
      byte kind = stackKinds[depth - 1];
      long value = value(0);
      drop(1);
      forget(slot);
      if (isWide) forget(slot + 1);
      if (kind == INT || kind == LONG || kind == CODE && slot == template.codeSlot) {
        knowLocal(slot, kind, value);
        isStored[slot] = true;
      }
    }
    if (slot == template.nextSlot && kinds[slot] == INT) {
      resume = Math.max(resume, (int) values[slot]);
    }
    return next;
  }

  private int loadElement(int op, int next) {
    if (isKnown(1, CODE) && isKnown(0)) {
      long index = value(0);
      if (index >= 0 && index < length) {
        drop(2);
        if (code instanceof long[]) {
          know(LONG, ((long[]) code)[(int) index]);
        } else {
          know(INT, Array.getInt(code, (int) index));
        }
        return next;
      }
    }
    return plain(op, 2, op == LALOAD || op == DALOAD ? 2 : 1, next);
  }

  /** Written as it is: takes some values, and leaves none, a narrow or a wide one. */
  private int plain(int op, int pops, int result, int next) {
    push();
    u1(op);
    drop(pops);
    if (result > 0) leave(result == 2);
    return next;
  }

  private int shuffle(int op, int next) {
    int top = depth - 1;
    boolean isPop = op == POP || op == POP2;
    int count = (op == POP2 || op == DUP2) && !stackIsWide[top] ? 2 : 1;
    if (isPop) {
      while (count > 0 && isKnown(0)) {
        drop(1);
        --count;
      }
      if (count > 0) {
        u1(count == 2 || stackIsWide[depth - 1] ? POP2 : POP);
        drop(count);
      }
      return next;
    }
    if ((op == DUP || op == DUP2) && isKnown(count - 1)) {
      for (int i = 0; i < count; ++i) {
        know(stackKinds[depth - count], stackValues[depth - count]);
      }
      return next;
    }
    push();
    u1(op);
    switch (op) {
      case DUP:
      case DUP2:
        for (int i = 0; i < count; ++i) leave(stackIsWide[depth - count]);
        return next;
      case DUP_X1:
        leave(stackIsWide[top]);
        stackIsWide[top] = stackIsWide[top - 1];
        stackIsWide[top - 1] = stackIsWide[top + 1];
        stackKinds[top] = UNKNOWN;
        stackKinds[top - 1] = UNKNOWN;
        return next;
      case SWAP:
        stackKinds[top] = UNKNOWN;
        stackKinds[top - 1] = UNKNOWN;
        return next;
      default:
        throw new Failure("instruction " + op);
    }
  }

  private int arithmetic(int op, int next) {
    boolean isUnary = op >= INEG && op <= DNEG;
    int type = op < ISHL ? (op - IADD) % 4 : (op - ISHL) % 2;
    int operands = isUnary ? 1 : 2;
    boolean isDivision = op >= IDIV && op <= DREM;
    if (type < 2 && isKnown(operands - 1) && !(isDivision && value(0) == 0)) {
      long right = value(0);
      long left = isUnary ? 0 : value(1);
      drop(operands);
      if (type == 0) {
        know(INT, Folding.ofInts(op, (int) left, (int) right));
      } else {
        know(LONG, Folding.ofLongs(op, left, right));
      }
      return next;
    }
    return plain(op, operands, type == 1 || type == 3 ? 2 : 1, next);
  }

  private int increment(int slot, int by, int next) {
    if (kinds[slot] == INT) {
      values[slot] = (int) values[slot] + by;
      isStored[slot] = false;
      if (slot == template.nextSlot) resume = Math.max(resume, (int) values[slot]);
    } else {
      u1(IINC);
      u1(slotFor(slot));
      u1(by);
    }
    return next;
  }

  private int convert(int op, int next) {
    if (isKnown(0)) {
      long value = value(0);
      boolean isFolded = true;
      switch (op) {
        case I2L:
          drop(1);
          know(LONG, value);
          break;
        case L2I:
          drop(1);
          know(INT, (int) value);
          break;
        case I2B:
          drop(1);
          know(INT, (byte) value);
          break;
        case I2C:
          drop(1);
          know(INT, (char) value);
          break;
        case I2S:
          drop(1);
          know(INT, (short) value);
          break;
        default:
          isFolded = false;
      }
      if (isFolded) return next;
    }
    // i2l i2f i2d l2i l2f l2d f2i f2l f2d d2i d2l d2f, and three from int to int.
    boolean isWide =
        op == I2L || op == I2D || op == L2D || op == F2L || op == F2D || op == D2L;
    return plain(op, 1, isWide ? 2 : 1, next);
  }

  private int branch(int op, int pc, int at) {
    int target = pc + (short) template.u2(at + 1);
    int operands = op >= IF_ICMPEQ && op <= IF_ACMPNE ? 2 : 1;
    if (op <= IF_ICMPLE && isKnown(operands - 1)) {
      long left = value(operands - 1);
      long right = operands == 2 ? value(0) : 0;
      drop(operands);
      return Folding.holds((op - IFEQ) % 6, left, right) ? ~target : pc + 3;
    }
    if (op >= IFNULL && isKnown(0, CODE)) {
      drop(1);
      return op == IFNONNULL ? ~target : pc + 3;
    }
    push();
    drop(operands);
    Label label = labelAt(target);
    store(label);
    jump(op, label);
    return pc + 3;
  }

  private int switchOn(int op, int pc) {
    int at = template.codeStart + (pc & ~3) + 4;
    int otherwise = pc + template.u4(at);
    boolean isTable = op == TABLESWITCH;
    int low = template.u4(at + 4);
    int count = isTable ? template.u4(at + 8) - low + 1 : low;
    int rows = at + (isTable ? 12 : 8);
    if (isKnown(0)) {
      int value = (int) value(0);
      drop(1);
      if (isTable) {
        long row = (long) value - low;
        boolean isCase = row >= 0 && row < count;
        return ~(isCase ? pc + template.u4(rows + 4 * (int) row) : otherwise);
      }
      for (int i = 0; i < count; ++i) {
        if (template.u4(rows + 8 * i) == value) return ~(pc + template.u4(rows + 8 * i + 4));
      }
      return ~otherwise;
    }
    push();
    drop(1);
    // All that any of them needs, before the switch.
    Label[] targets = new Label[count + 1];
    for (int i = 0; i <= count; ++i) {
      int target =
          i == count ? otherwise : pc + template.u4(isTable ? rows + 4 * i : rows + 8 * i + 4);
      targets[i] = labelAt(target);
      store(targets[i]);
    }
    int instruction = size;
    u1(op);
    while (size % 4 != 0) u1(0);
    wide(instruction, targets[count]);
    u4(low);
    if (isTable) u4(low + count - 1);
    for (int i = 0; i < count; ++i) {
      if (!isTable) u4(template.u4(rows + 8 * i));
      wide(instruction, targets[i]);
    }
    return ENDED;
  }

  /** What MethodWriter writes for a reference that is pinned: `dup`, and null in place of null. */
  private boolean isPinnedReference(int at) {
    return template.u1(at + 1) == IFNONNULL
        && template.u2(at + 2) == 5
        && template.u1(at + 4) == POP
        && template.u1(at + 5) == ACONST_NULL;
  }

  private int getStatic(int at, int next) {
    int member = template.u2(at + 1);
    if (template.ownerOf(member).equals("weft/rt/Pin")) {
      // What is pinned is a constant of its own here.
      boolean isLong = template.descriptorOf(member).equals("J");
      know(isLong ? LONG : INT, 0);
      return next;
    }
    return field(GETSTATIC, member, next);
  }

  private int field(int op, int member, int next) {
    push();
    operate(op, member);
    char type = template.descriptorOf(member).charAt(0);
    boolean isWide = type == 'J' || type == 'D';
    drop(op == GETSTATIC ? 0 : op == PUTFIELD ? 2 : 1);
    if (op == GETSTATIC || op == GETFIELD) leave(isWide);
    return next;
  }

  private int invoke(int op, int member, int next) {
    String owner = template.ownerOf(member);
    push();
    operate(op, member);
    String descriptor = template.descriptorOf(member);
    int values = op == INVOKESTATIC ? 0 : 1;
    int slots = values;
    int at = 1;
    for (; descriptor.charAt(at) != ')'; ++at) {
      ++values;
      char type = descriptor.charAt(at);
      slots += type == 'J' || type == 'D' ? 2 : 1;
      while (descriptor.charAt(at) == '[') ++at;
      if (descriptor.charAt(at) == 'L') at = descriptor.indexOf(';', at);
    }
    if (op == INVOKEINTERFACE) {
      u1(slots);
      u1(0);
    }
    drop(values);
    char result = descriptor.charAt(at + 1);
    if (result != 'V') leave(result == 'J' || result == 'D');
    return next;
  }

  // ---- Beginning and end.

  private void writeReturn(int op) {
    push();
    if (op != RETURN) {
      int type = op - IRETURN;
      int temporary = frameSlot + TEMPORARY;
      writeStore(type, temporary);
      writeLoadReference(frameSlot);
      writeLoad(type, temporary);
      operate(PUTFIELD, file.field(template.frame, "result", template.result));
    }
    u1(ICONST_1);
    u1(IRETURN);
  }

  /** Hands the locals back to the frame. */
  private void writeEnd(Label exit) {
    place(exit);
    writeLoadReference(frameSlot);
    StringBuilder descriptor = new StringBuilder("(");
    for (Template.Local local : template.locals) {
      if (!local.isVariable) continue;
      writeLoad(local.type, local.slot);
      descriptor.append(local.descriptor);
    }
    operate(INVOKEVIRTUAL, file.method(template.frame, "handBack", descriptor + ")Z"));
    u1(IRETURN);
  }

  /**
   * Calls what an instruction leads to, and goes on with the next one when it comes back: a call of
   * the program is a call of the JVM, which processors and HotSpot are made for.
   */
  private Label writeCall(Label exit) {
    int resume = exit.resume;
    Label end = exitFor(NONE);
    isLong = true;
    String callee = "callee" + resume;
    callees.add(callee);
    operate(GETSTATIC, file.field(ownName, callee, CALLEE));
    writeLoadReference(frameSlot);
    writeLoadReference(template.codeSlot);
    writeLoad(0, template.nextSlot);
    writeLoad(0, frameSlot + DEPTH);
    operate(
        INVOKEVIRTUAL,
        file.method(
            "weft/rt/Callee",
            "find",
            "(Lweft/rt/LoopFrame;Ljava/lang/Object;II)Lweft/rt/Specialised;"));
    u1(DUP);
    writeStore(4, frameSlot + TEMPORARY);
    jump(IFNULL, end);
    writeLoadReference(frameSlot + TEMPORARY);
    operate(CHECKCAST, file.type(template.baseClass));
    writeLoadReference(frameSlot);
    writeLoad(0, frameSlot + DEPTH);
    u1(ICONST_1);
    u1(IADD);
    for (Template.Local local : template.locals) writeLoad(local.type, local.slot);
    int run = file.method(template.baseClass, template.method, template.baseDescriptor);
    operate(INVOKEVIRTUAL, run);
    Label back = new Label(-1, withResult(exit.frame), exit.kinds, exit.values);
    Label goesOn = new Label(-1, exit.frame, exit.kinds, exit.values);
    jump(IFEQ, goesOn);
    u1(ICONST_1);
    u1(IRETURN);
    place(goesOn);
    writeLoadReference(frameSlot);
    writeLoadReference(frameSlot + OWN_CODE);
    writeInt(resume);
    writeLoad(0, frameSlot + DEPTH);
    operate(INVOKEVIRTUAL, file.method("weft/rt/LoopFrame", "await", "(Ljava/lang/Object;II)I"));
    u1(DUP);
    writeInt(LoopFrame.BACK);
    jump(IF_ICMPEQ, back);
    u1(IRETURN);
    place(back);
    u1(POP);
    for (Template.Local local : template.locals) {
      if (!local.isVariable || local.slot == template.nextSlot) continue;
      if (local.slot == template.codeSlot) {
        writeLoadReference(frameSlot + OWN_CODE);
      } else {
        writeLoadReference(frameSlot);
        operate(GETFIELD, template.field(file, local));
      }
      writeStore(local.type, local.slot);
    }
    knowLocal(template.codeSlot, CODE, 0);
    knowLocal(template.nextSlot, INT, resume);
    this.resume = resume;
    Label next = labelAt(template.head);
    store(next);
    return next;
  }

  private void knowLocal(int slot, byte kind, long value) {
    kinds[slot] = kind;
    values[slot] = value;
    isStored[slot] = kind == CODE;
  }

  /**
   * A loop that goes back to where the code begins comes to an end and is called again, many times
   * before it goes on by itself: HotSpot compiles a method that is called sooner than one that
   * runs.
   */
  private void writeWarmUp() {
    hasWarmUp = true;
    int left = file.field(ownName, "left", "I");
    Label warm = unknownAt(-1, first.frame);
    System.arraycopy(first.kinds, 0, warm.kinds, 0, warm.kinds.length);
    operate(GETSTATIC, left);
    jump(IFLE, warm);
    operate(GETSTATIC, left);
    u1(ICONST_1);
    u1(ISUB);
    operate(PUTSTATIC, left);
    knowLocal(template.codeSlot, CODE, 0);
    knowLocal(template.nextSlot, INT, start);
    Label end = exitFor(NONE);
    store(end);
    jump(GOTO, end);
    place(warm);
  }

  /** With an int on the stack. */
  private static Template.Frame withResult(Template.Frame frame) {
    Template.Frame result = new Template.Frame();
    result.locals = frame.locals;
    result.stack = new int[] {1};
    return result;
  }

  /** Arguments that cannot stay where they are go to where they are looked for. */
  private void writePrologue() {
    int slot = 3;
    for (Template.Local local : template.locals) {
      if (template.slots[local.slot] != slot) {
        writePlainAccess(ILOAD + local.type, ILOAD_0 + 4 * local.type, slot);
        writeStore(local.type, local.slot);
      }
      slot += local.isWide() ? 2 : 1;
    }
    writeLoadReference(template.codeSlot);
    writeStore(4, frameSlot + OWN_CODE);
  }

}
