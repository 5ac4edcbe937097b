package weft.rt;

import static weft.rt.Opcode.*;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
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
 * not known, the locals are handed back and the method ends.
 *
 * <p>A call, which goes to a fixed instruction of another array, is evaluated together with its
 * caller when it is known what it leads to ({@link Context}); else code for it is looked up and
 * called. Objects are known when the loop promotes them, and with them whatever follows by way of
 * fields that never change.
 *
 * <p>Frames come from the template: what a place is told of its locals there holds here, too,
 * except that those with known values need not be there.
 */
final class Evaluation extends KnownValues {
  /** This code cannot be specialised, or not from here. */
  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    Failure(String message) {
      super(message);
    }
  }

  /** Usually no further instruction is begun when the code is so long, because of LIMIT. */
  static final int ENOUGH = 6000;

  /** The same for what is evaluated with its caller. */
  private static final int MOST = 7400;

  /** An estimate of what a place within a round takes. */
  private static final int BYTES_OF_PLACE = 60;

  /** How often one place is written in one round, until its constants are given up. */
  private static final int MOST_VARIANTS = 6;

  /** How deep calls are evaluated within each other. */
  private static final int MOST_CONTEXTS = 6;

  /** The longest code, in instructions, that is evaluated with its caller. */
  private static final int MOST_CALLEE = 40;

  /** An estimate of the bytes for an instruction of it. */
  private static final int BYTES_OF_CALLEE_INSTRUCTION = 100;

  private final Specialiser specialiser;

  private final Context root;
  private final int start;
  private final int enough;

  // ---- What is written.


  /** Places by where they stand in the template, the call and the round. */
  private final HashMap<Long, List<Label>> labels = new HashMap<>();

  private final Label[] general;

  /** What is to be written: places within rounds, which come first, and rounds by instruction. */
  private final TreeMap<Long, Label> inner = new TreeMap<>();

  /** How many of them there are. */
  private int waiting;

  private final TreeMap<String, Label> rounds = new TreeMap<>();

  /** Counts, so that two places of one round have different keys. */
  private int expected;

  /** Places of our own: calls, and returns from what is evaluated with its caller. */
  private final HashMap<String, Label> exits = new HashMap<>();

  /** Where the locals are handed over. */
  private Label end;

  private Label again;

  /** Calls that share their way: where it begins, and by number where they come from and go to. */
  private Label slowCall;

  private final List<Object> slowCodes = new ArrayList<>();
  private final List<Integer> slowResumes = new ArrayList<>();
  private final List<Label> slowReturns = new ArrayList<>();

  private int fastCalls;

  /** What is evaluated for a call; null for one that is called. */
  private final HashMap<String, Context> callees = new HashMap<>();

  private final List<Site> sites = new ArrayList<>();

  /** The instruction that is being evaluated, and the last one that was to be the next. */
  private int round;

  private int resume;
  private Context context;

  private static final String CALLEE = "Lweft/rt/Callee;";

  /** Where other stretches begin, and where this one does. */
  private final boolean[] isEnd;

  private Label first;
  private boolean isLong;
  private final List<Integer> cuts = new ArrayList<>();

  /**
   * From this instruction on, up to those where other stretches begin.
   *
   * @param name the internal name of the class that is written
   * @param known by slot: what is in the promoted local and in those that follow from it; null if
   *     that differs
   * @param enough no further instruction is begun when the code is so long
   */
  Evaluation(
      Specialiser specialiser,
      Template template,
      String name,
      Object code,
      Object[] known,
      int start,
      boolean[] isEnd,
      int enough) {
    super(template, name);
    this.enough = enough;
    root = new Context(0, null, code, known, NONE, NONE, "");
    context = root;
    this.specialiser = specialiser;
    this.isEnd = isEnd;
    this.start = start;
    numberOf(code);
    general = new Label[template.codeLength];
  }

  /** Whether it has loops or calls, so that it may run for long. */
  boolean isLong() {
    return isLong;
  }

  /** Where it ends because it has become long. */
  List<Integer> cuts() {
    return cuts;
  }

  /** The calls that it takes to lead to something, by number. */
  Site[] sites() {
    return sites.toArray(new Site[0]);
  }

  /** By number of a slow call: the code, and where it comes back to. */
  Object[] slowCodes() {
    return slowCodes.toArray();
  }

  int[] slowResumes() {
    int[] resumes = new int[slowResumes.size()];
    for (int i = 0; i < resumes.length; ++i) resumes[i] = slowResumes.get(i);
    return resumes;
  }

  /** The bytes of the class. */
  byte[] run() {
    end = ownLabel(AT_END);
    writePrologue();
    knowLocal(template.codeSlot, OBJECT, 0);
    knowLocal(template.nextSlot, INT, start);
    Label refuse = ownLabel(AT_END);
    refuse.isPending = true;
    compareKnown(refuse);
    first = placeAt(template.head);
    if (first == end) throw new Failure("others begin there");
    for (Label label = first; label != null; label = nextPending()) follow(label);
    if (slowCall != null) writeSlowCalls();
    if (refuse.isUsed) writeRefusal(refuse);
    if (end.isUsed) writeEnd();
    finishJumps();
    file.addConstructor(template.baseClass);
    // Under the name of the loop's own method, which tracebacks show.
    file.add(template.method, template.baseDescriptor, body());
    for (int i = 0; i < fastCalls; ++i) file.addStatic(ownName, "callee" + i, "weft/rt/Callee");
    return file.file(
        ClassBytes.PUBLIC | ClassBytes.SUPER, ownName, template.baseClass, template.sourceFile);
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
        label = rounds.pollFirstEntry().getValue();
      } else {
        return null;
      }
      if (label.position < 0) return label;
    }
  }

  /** Whether the label may stand right here. */
  private boolean isNext(Label label) {
    while (!inner.isEmpty() && inner.firstEntry().getValue().position >= 0) inner.pollFirstEntry();
    if (!isRound(label)) return inner.isEmpty() || order(label) <= inner.firstKey() >> 32;
    while (!rounds.isEmpty() && rounds.firstEntry().getValue().position >= 0) {
      rounds.pollFirstEntry();
    }
    if (!inner.isEmpty()) return false;
    return rounds.isEmpty() || orderOf(label).compareTo(rounds.firstKey()) <= 0;
  }

  /** Whether it stands among the rounds and not within one. */
  private boolean isRound(Label label) {
    return label.pc == template.head || label.pc == AT_RETURN || label.round == NONE;
  }

  /**
   * Where it stands among the rounds: those of a call behind the one that calls, and the return
   * behind all of them; the code itself from its first instruction on, and then what is before that;
   * last what belongs to none.
   */
  private String orderOf(Label label) {
    if (label.round == NONE) return (char) 0xffff + Context.ordinal(label.pc);
    if (label.pc == AT_RETURN) return label.context.order + (char) 0xffff;
    return orderOf(label.context, label.round) + (char) 0;
  }

  private String orderOf(Context context, int round) {
    if (context == root && round < start) round += lengthOf(root);
    return context.order + Context.ordinal(round);
  }

  /** Calls come last in a round. */
  private static long order(Label label) {
    return label.pc < 0 ? Integer.MAX_VALUE : label.pc;
  }

  /** The place with what is known now. Whoever goes there calls store() first. */
  private Label labelAt(int pc) {
    return pc == template.head || pc >= template.entry ? nextRound() : placeAt(pc);
  }

  /** Where it goes on when a round has come to its end: in this code, in a call, or elsewhere. */
  private Label nextRound() {
    if (round == NONE) return end;
    Object code = objectIn(template.codeSlot);
    boolean isNextKnown = kinds[template.nextSlot] == INT;
    long next = values[template.nextSlot];
    // A call goes to a fixed instruction, perhaps of the same code.
    boolean isCall = code != context.code || next != resume && specialiser.calls(code, round);
    if (isNextKnown && isCall) {
      Context callee = code == null ? null : calleeFor(code, (int) next, true);
      if (callee == null) return callLabel((int) next);
      Context caller = context;
      context = callee;
      Label label = placeAt(template.head);
      context = caller;
      return label;
    }
    if (!isNextKnown && context.caller != null) return returnLabel();
    boolean isOwn = code == context.code && isNextKnown && next >= 0 && next < lengthOf(context);
    return isOwn ? placeAt(template.head) : end;
  }

  private Label placeAt(int pc) {
    boolean isHead = pc == template.head;
    Template.Frame frame = template.frames[pc];
    if (frame == null) throw new Failure("no frame at " + pc);
    int number = isHead ? (int) values[template.nextSlot] : round;
    long key = ((long) context.number << 44) + ((long) (number + 1) << 16) + pc;
    List<Label> here = labels.get(key);
    if (here == null) {
      here = new ArrayList<>(2);
      labels.put(key, here);
    }
    boolean isGeneral = here.size() >= MOST_VARIANTS;
    for (int i = 0; i < here.size(); ++i) {
      Label label = here.get(i);
      if (matches(label, false) || isGeneral && matches(label, true)) {
        return label == first ? again() : label;
      }
    }
    if (isHead && context == root && isEnd[number]) return end;
    if (isHead && size + BYTES_OF_PLACE * waiting >= (context == root ? enough : MOST)) {
      if (context == root) cuts.add(number);
      return end;
    }
    Label label = makeLabel(pc, frame, isGeneral);
    here.add(label);
    return label;
  }

  /** No place to come back to. */
  private static final int NONE = -1;

  // Places that are none of the template.
  private static final int AT_END = -1;
  private static final int AT_CALL = -2;
  private static final int AT_SLOW_CALL = -3;
  private static final int AT_RETURN = -4;
  private static final int AT_AGAIN = -5;
  private static final int AT_MISS = -6;
  private static final int AT_BACK = -7;

  /** Where the locals are as at the head. */
  private Label ownLabel(int pc) {
    Label label = unknownAt(pc, template.frames[template.head]);
    label.context = context;
    label.round = round;
    label.resume = resume;
    return label;
  }

  /** A call from this round, to this instruction of code in a local. */
  private Label callLabel(int next) {
    String key = "call " + context.number + ' ' + round + ' ' + resume + ' ' + next;
    Label label = exits.get(key);
    if (label == null) {
      label = ownLabel(AT_CALL);
      know(label, template.nextSlot, INT, next);
      exits.put(key, label);
    }
    return label;
  }

  /** Where the code begins, from within. */
  private Label again() {
    if (again == null) {
      again = ownLabel(AT_AGAIN);
      for (int slot : first.known) know(again, slot, first.kinds[slot], first.values[slot]);
    }
    return again;
  }

  /** A return from the context. */
  private Label returnLabel() {
    Object code = objectIn(template.codeSlot);
    if (code != null && code != context.caller.code) return end;
    StringBuilder key = new StringBuilder("return ").append(context.number);
    for (int slot = 0; slot < template.isDerived.length; ++slot) {
      if (kinds[slot] == OBJECT && isDerived(slot)) key.append(' ').append(values[slot]);
    }
    Label label = exits.get(key.toString());
    if (label == null) {
      label = ownLabel(AT_RETURN);
      for (int slot = 0; slot < template.isDerived.length; ++slot) {
        if (kinds[slot] != OBJECT || !isDerived(slot)) continue;
        know(label, slot, OBJECT, values[slot]);
      }
      exits.put(key.toString(), label);
    }
    return label;
  }

  /** Whether a local follows from what is promoted, and lives when a round begins. */
  private boolean isDerived(int slot) {
    return template.isDerived[slot] && template.frames[template.head].isLive(slot);
  }

  private Label makeLabel(int pc, Template.Frame frame, boolean isGeneral) {
    Label label = knownAt(pc, frame, isGeneral);
    label.context = context;
    boolean isHead = pc == template.head;
    label.round = isHead ? (int) values[template.nextSlot] : round;
    label.resume = isHead ? label.round : resume;
    return label;
  }

  /** A place where nothing is known, not even the round: a handler's, or behind a promotion. */
  private Label generalAt(int pc) {
    Label label = general[pc];
    if (label == null) {
      label = unknownAt(pc, template.frames[pc]);
      label.context = root;
      label.round = NONE;
      label.resume = NONE;
      expect(label);
      general[pc] = label;
    }
    return label;
  }

  /** Something jumps there: it has to be written. */
  @Override
  void expect(Label label) {
    label.isUsed = true;
    if (label.pc == template.head && label.position >= 0) isLong = true;
    if (label == end || label == slowCall || label.position >= 0 || label.isPending) return;
    label.isPending = true;
    if (isRound(label)) {
      rounds.put(orderOf(label) + Context.ordinal(++expected), label);
    } else {
      inner.put(order(label) << 32 | ++expected, label);
      ++waiting;
    }
  }

  @Override
  void place(Label label) {
    super.place(label);
    if (label.isPending && !isRound(label)) --waiting;
  }

  // ---- Evaluation.

  private void follow(Label label) {
    while (label != null) {
      if (label == end || label.position >= 0) {
        jump(GOTO, label);
        return;
      }
      if (!isNext(label)) {
        jump(GOTO, label);
        return;
      }
      place(label);
      knowFrom(label);
      round = label.round;
      resume = label.resume;
      context = label.context;
      switch (label.pc) {
        case AT_CALL:
          label = writeCall();
          break;
        case AT_SLOW_CALL:
          label = writeSlowCall();
          break;
        case AT_MISS:
          label = writeMiss(label);
          break;
        case AT_BACK:
          compareKnown(end);
          label = goOnAt(context, resume);
          break;
        case AT_AGAIN:
          writeAgain();
          label = end;
          break;
        case AT_RETURN:
          label = writeReturnToCaller();
          break;
        default:
          label = evaluate(label.pc);
      }
    }
  }

  /** Evaluates from a place on; gives the one where it goes on, if control does not end. */
  private Label evaluate(int pc) {
    int first = pc;
    while (true) {
      if (pc != first && template.frames[pc] != null) return target(pc);
      if (template.promotedSlots[pc] != 0) {
        // Over the jump that is there for the sake of a frame.
        int follows = pc + 4;
        if (promote(follows, template.promotedSlots[pc] - 1)) first = follows;
        pc = follows;
        continue;
      }
      if (isPinnedReference(pc)) {
        first = pc += 6;
        continue;
      }
      Template.Range[] ranges = template.rangesAt(pc);
      if (ranges != null) {
        for (Template.Range range : ranges) store(generalAt(range.handler()));
      }
      // Handlers run when there may be no memory for finding classes.
      if (round == NONE) specialiser.load(template.classNamedAt(pc));
      int start = size;
      atLine(template.lines[pc]);
      int next = instruction(pc);
      if (ranges != null && size > start) {
        for (Template.Range range : ranges) handle(start, generalAt(range.handler()), range.type());
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
      case GETFIELD:
        if (isKnown(0, OBJECT) && loadKnown(template.u2(at + 1))) return pc + 3;
      // Fall through.
      case PUTSTATIC:
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
      case CHECKCAST:
      case INSTANCEOF:
        if (isKnown(0, OBJECT)) {
          Object object = object(0);
          boolean isOne = template.classAt(template.u2(at + 1)).isInstance(object);
          if (op == INSTANCEOF) {
            drop(1);
            know(INT, isOne ? 1 : 0);
            return pc + 3;
          }
          if (isOne || object == null) return pc + 3;
        }
      // Fall through.
      case ANEWARRAY:
        plain(op, 1, 1, pc);
        u2(template.u2(at + 1));
        return pc + 3;
      case ARRAYLENGTH:
        if (isKnown(0, OBJECT) && object(0) != null) {
          int length = Array.getLength(object(0));
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
    if (isKnown(0) && type != 2 && type != 3) {
      byte kind = stackKinds[depth - 1];
      long value = value(0);
      drop(1);
      forget(slot);
      if (isWide) forget(slot + 1);
      knowLocal(slot, kind, value);
    } else if (slot == template.callerSlot) {
      // That is for the loop alone.
      shuffle(POP, next);
    } else {
      push();
      writeAccess(ISTORE + type, ISTORE_0 + 4 * type, slot);
      byte kind = stackKinds[depth - 1];
      long value = value(0);
      drop(1);
      forget(slot);
      if (isWide) forget(slot + 1);
      if (kind != UNKNOWN) {
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
    if (isKnown(1, OBJECT) && isKnown(0)) {
      long index = value(0);
      Object array = object(1);
      if (array != null && index >= 0 && index < Array.getLength(array)) {
        if (array == context.code) {
          drop(2);
          if (array instanceof long[]) {
            know(LONG, ((long[]) array)[(int) index]);
          } else {
            know(INT, Array.getInt(array, (int) index));
          }
          return next;
        }
        // Values in an array are objects that stay there.
        if (array instanceof Item[]) {
          drop(2);
          knowObject(((Item[]) array)[(int) index]);
          return next;
        }
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
    if (op >= IFNULL && isKnown(0, OBJECT)) {
      boolean isNull = object(0) == null;
      drop(1);
      return isNull == (op == IFNULL) ? ~target : pc + 3;
    }
    if ((op == IF_ACMPEQ || op == IF_ACMPNE) && isKnown(1)) {
      boolean isSame = value(0) == value(1);
      drop(2);
      return isSame == (op == IF_ACMPEQ) ? ~target : pc + 3;
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
  private boolean isPinnedReference(int pc) {
    int at = template.codeStart + pc;
    return template.u1(at) == DUP
        && template.u1(at + 1) == IFNONNULL
        && template.u2(at + 2) == 5
        && template.u1(at + 4) == POP
        && template.u1(at + 5) == ACONST_NULL;
  }

  private int getStatic(int at, int next) {
    int member = template.u2(at + 1);
    if (template.isPin(member)) {
      // What is pinned is a constant of its own here.
      boolean isLong = template.letterOf(member) == 'J';
      know(isLong ? LONG : INT, 0);
      return next;
    }
    return field(GETSTATIC, member, next);
  }

  private int field(int op, int member, int next) {
    push();
    operate(op, member);
    char type = template.letterOf(member);
    boolean isWide = type == 'J' || type == 'D';
    drop(op == GETSTATIC ? 0 : op == PUTFIELD ? 2 : 1);
    if (op == GETSTATIC || op == GETFIELD) leave(isWide);
    return next;
  }

  /** Reads a field of a known object, if it never changes. */
  private boolean loadKnown(int member) {
    Object object = object(0);
    if (object == null) return false;
    Object result;
    try {
      Field field = template.fieldAt(member);
      if (!Modifier.isTransient(field.getModifiers())) return false;
      result = field.get(object);
    } catch (IllegalAccessException error) {
      return false;
    }
    switch (template.letterOf(member)) {
      case 'I':
        drop(1);
        know(INT, (Integer) result);
        return true;
      case 'J':
        drop(1);
        know(LONG, (Long) result);
        return true;
      case 'L':
      case '[':
        drop(1);
        knowObject(result);
        return true;
      default:
        return false;
    }
  }

  /**
   * A reference is on the stack that is to be taken for known from here on: what the call led to
   * before, or, on the way back, what the caller has. Anything else goes to a place where nothing is
   * known.
   */
  private boolean promote(int follows, int slot) {
    if (isKnown(0)) return true;
    if (round == NONE || slot != template.promotedSlot) return false;
    boolean isCall = specialiser.calls(context.code, round);
    Object object = null;
    if (isCall) {
      object = specialiser.promotedBy(context.code, round);
    } else if (context.caller != null && context.caller.known != null) {
      object = context.caller.known[slot];
    }
    if (object == null) return false;
    push();
    Label other = generalAt(follows);
    store(other);
    if (isCall) {
      other = new Label(AT_MISS, other.frame, other.kinds, other.values);
      other.context = context;
      other.round = round;
      other.resume = follows;
    }
    u1(DUP);
    writeObject(object);
    jump(IF_ACMPNE, other);
    u1(POP);
    drop(1);
    knowObject(object);
    return true;
  }

  /** Counts a call that leads elsewhere. */
  private Label writeMiss(Label miss) {
    u1(ALOAD_0);
    writeInt(sites.size());
    sites.add(specialiser.siteOf(context.code, round));
    operate(INVOKEVIRTUAL, file.method("weft/rt/Specialised", "miss", "(I)V"));
    return generalAt(miss.resume);
  }

  private int invoke(int op, int member, int next) {
    push();
    operate(op, member);
    int call = template.callOf(member);
    int receiver = op == INVOKESTATIC ? 0 : 1;
    if (op == INVOKEINTERFACE) {
      u1(receiver + (call >> 8 & 0xff));
      u1(0);
    }
    drop(receiver + (call >> 16));
    char result = (char) (call & 0xff);
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
  private void writeEnd() {
    place(end);
    writeHandBack();
    u1(IRETURN);
  }

  private void writeHandBack() {
    writeLoadReference(frameSlot);
    StringBuilder descriptor = new StringBuilder("(");
    for (Template.Local local : template.locals) {
      if (!local.isVariable) continue;
      writeLoad(local.type, local.slot);
      descriptor.append(local.descriptor);
    }
    operate(INVOKEVIRTUAL, file.method(template.frame, "handBack", descriptor + ")Z"));
  }

  private static int lengthOf(Context context) {
    return Array.getLength(context.code);
  }

  private String codeDescriptor() {
    for (Template.Local local : template.locals) {
      if (local.slot == template.codeSlot) return local.descriptor;
    }
    throw new Failure("no code");
  }

  /**
   * What is to be evaluated for a call from the current round; null if it is better called.
   *
   * @param isKnown whether the locals that follow from what is promoted are those of the callee
   */
  private Context calleeFor(Object code, int next, boolean isKnown) {
    String order = orderOf(context, round);
    String key =
        "" + context.number + ' ' + round + ' ' + resume + ' ' + next + ' ' + numberOf(code);
    if (callees.containsKey(key)) return callees.get(key);
    Context callee = null;
    int length = Array.getLength(code);
    boolean isShort =
        length <= MOST_CALLEE
            && size + BYTES_OF_PLACE * waiting + BYTES_OF_CALLEE_INSTRUCTION * length <= enough;
    if (isShort && context.depth < MOST_CONTEXTS && next >= 0 && next < length) {
      Object[] known = isKnown ? derived() : null;
      callee = new Context(callees.size() + 1, context, code, known, round, resume, order);
      for (Context outer = context; outer != null; outer = outer.caller) {
        if (outer.code == code) callee = null;
      }
    }
    callees.put(key, callee);
    return callee;
  }

  /** The known objects in locals that follow from what is promoted. */
  private Object[] derived() {
    if (template.promotedSlot < 0) return null;
    Object[] known = new Object[template.maxLocals];
    for (int slot = 0; slot < known.length; ++slot) {
      if (isDerived(slot)) known[slot] = objectIn(slot);
    }
    return known[template.promotedSlot] == null ? null : known;
  }

  /** Goes on in what is called, if it is what was called before, or calls it. */
  private Label writeCall() {
    int next = (int) values[template.nextSlot];
    Object code = specialiser.calleeOf(context.code, round, next);
    Context callee = code == null ? null : calleeFor(code, next, false);
    if (callee == null) {
      return specialiser.calls(context.code, round) ? writeFastCall() : writeSlowCall();
    }
    Label slow = ownLabel(AT_SLOW_CALL);
    know(slow, template.nextSlot, INT, next);
    writeLoadReference(template.codeSlot);
    writeObject(code);
    jump(IF_ACMPNE, slow);
    return goOnAt(callee, next);
  }

  /** Goes on in the caller, if that is where the code returns to. */
  private Label writeReturnToCaller() {
    store(end);
    if (kinds[template.codeSlot] == UNKNOWN) {
      writeLoadReference(template.codeSlot);
      writeObject(context.caller.code);
      jump(IF_ACMPNE, end);
    }
    writeLoad(0, template.nextSlot);
    writeInt(context.resume);
    jump(IF_ICMPNE, end);
    return goOnAt(context.caller, context.resume);
  }

  /**
   * What the context takes for known, if the promoted local, from which all of it follows, holds
   * what it takes it to hold.
   */
  private void compareKnown(Label otherwise) {
    if (context.known == null) return;
    writeLoadReference(template.promotedSlot);
    writeObject(context.known[template.promotedSlot]);
    jump(IF_ACMPNE, otherwise);
    knowAll();
  }

  private void knowAll() {
    for (int slot = 0; slot < context.known.length; ++slot) {
      Object object = context.known[slot];
      if (object != null) knowLocal(slot, OBJECT, numberOf(object));
    }
  }

  /** What is known at the beginning is not so: the code is for another function object. */
  private void writeRefusal(Label refuse) {
    place(refuse);
    u1(ALOAD_0);
    writeLoadReference(frameSlot);
    operate(INVOKEVIRTUAL, file.method("weft/rt/Specialised", "refuse", "(Lweft/rt/LoopFrame;)V"));
    jump(GOTO, end);
  }

  private Label goOnAt(Context context, int next) {
    this.context = context;
    knowLocal(template.codeSlot, OBJECT, numberOf(context.code));
    knowLocal(template.nextSlot, INT, next);
    resume = next;
    // There may be nothing behind a call that does not come back.
    Label label = next < lengthOf(context) ? placeAt(template.head) : end;
    store(label);
    return label;
  }

  /**
   * Calls what an instruction leads to, and goes on with the next one when it comes back: a call of
   * the program is a call of the JVM, which processors and HotSpot are made for.
   */
  private Label writeFastCall() {
    int resume = this.resume;
    isLong = true;
    store(end);
    operate(GETSTATIC, file.field(ownName, "callee" + fastCalls++, CALLEE));
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
    Label goesOn = ownLabel(AT_END);
    Label back = new Label(AT_END, withResult(goesOn.frame), goesOn.kinds, goesOn.values);
    jump(IFEQ, goesOn);
    u1(ICONST_1);
    u1(IRETURN);
    place(goesOn);
    writeLoadReference(frameSlot);
    writeObject(context.code);
    writeInt(resume);
    writeLoad(0, frameSlot + DEPTH);
    operate(INVOKEVIRTUAL, file.method("weft/rt/LoopFrame", "await", "(Ljava/lang/Object;II)I"));
    u1(DUP);
    writeInt(LoopFrame.BACK);
    jump(IF_ICMPEQ, back);
    u1(IRETURN);
    place(back);
    u1(POP);
    if (context.known != null) {
      // Else the frame says where it goes on.
      writeLoadReference(frameSlot);
      operate(GETFIELD, template.field(file, template.local(template.promotedSlot)));
      writeObject(context.known[template.promotedSlot]);
      Label same = ownLabel(AT_END);
      jump(IF_ACMPEQ, same);
      u1(ICONST_0);
      u1(IRETURN);
      place(same);
      knowAll();
    }
    for (Template.Local local : template.locals) {
      if (!local.isVariable || local.slot == template.nextSlot) continue;
      if (local.slot == template.codeSlot || kinds[local.slot] != UNKNOWN) continue;
      writeLoadReference(frameSlot);
      operate(GETFIELD, template.field(file, local));
      writeStore(local.type, local.slot);
    }
    return goOnAt(context, resume);
  }

  /**
   * A loop that goes back to where the code begins ends after some rounds and is called again. So
   * HotSpot sees a method that is called often, which it compiles sooner than one that runs, and
   * what it has compiled is used at once.
   */
  private void writeAgain() {
    writeLoad(0, frameSlot + ROUNDS);
    u1(ALOAD_0);
    operate(GETFIELD, file.field("weft/rt/Specialised", "step", "I"));
    u1(IADD);
    u1(DUP);
    writeStore(0, frameSlot + ROUNDS);
    jump(IFGT, first);
    store(end);
  }

  /** A call that has not been seen yet, or not to this code: all of them share the way. */
  private Label writeSlowCall() {
    isLong = true;
    store(end);
    if (slowCall == null) {
      Label label = ownLabel(AT_END);
      slowCall = new Label(AT_END, withResult(label.frame), label.kinds, label.values);
    }
    writeInt(slowCodes.size());
    slowCodes.add(context.code);
    slowResumes.add(resume);
    jump(GOTO, slowCall);
    Label back = ownLabel(AT_BACK);
    expect(back);
    slowReturns.add(back);
    return null;
  }

  /** With the number of a slow call on the stack. */
  private void writeSlowCalls() {
    place(slowCall);
    writeStore(0, frameSlot + TEMPORARY);
    writeHandBack();
    u1(POP);
    writeLoadReference(frameSlot);
    u1(ALOAD_0);
    writeLoad(0, frameSlot + TEMPORARY);
    writeLoad(0, frameSlot + DEPTH);
    operate(
        INVOKEVIRTUAL, file.method("weft/rt/LoopFrame", "call", "(Lweft/rt/Specialised;II)I"));
    u1(DUP);
    writeInt(LoopFrame.BACK);
    Label back = new Label(AT_END, slowCall.frame, slowCall.kinds, slowCall.values);
    back.isPending = true;
    jump(IF_ICMPEQ, back);
    u1(IRETURN);
    place(back);
    u1(POP);
    for (Template.Local local : template.locals) {
      if (!local.isVariable) continue;
      writeLoadReference(frameSlot);
      operate(GETFIELD, template.field(file, local));
      if (local.slot == template.codeSlot) operate(CHECKCAST, file.type(codeDescriptor()));
      writeStore(local.type, local.slot);
    }
    writeLoadReference(frameSlot);
    operate(GETFIELD, file.field("weft/rt/LoopFrame", "call", "I"));
    int instruction = size;
    u1(TABLESWITCH);
    while (size % 4 != 0) u1(0);
    wide(instruction, end);
    u4(0);
    u4(slowReturns.size() - 1);
    for (Label label : slowReturns) wide(instruction, label);
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
    u1(ICONST_0);
    writeStore(0, frameSlot + ROUNDS);
  }

}
