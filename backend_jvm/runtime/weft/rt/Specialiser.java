package weft.rt;

import java.io.InputStream;
import java.lang.reflect.Array;

/**
 * Makes code of the JVM for the code that an interpreter runs, out of the interpreter's own loop.
 *
 * <p>The loop's bytecode is evaluated with its code and the number of the next instruction known:
 * what follows from them is computed now, the rest is written down, and each round goes to where
 * the next instruction's code stands (see {@link Evaluation}). What comes out has no dispatch and
 * no decoding, and HotSpot compiles it like any other method: the first Futamura projection, at run
 * time. Nothing is known of the instructions here; they are whatever the loop does.
 *
 * <p>Who writes the interpreter promises with {@code promote(code[next])} that instructions do not
 * change once they have run.
 *
 * <p>One object for each loop. What is worth it is found by sampling: after each tick of a clock,
 * the next jump backward and the next call say where they go to. Code is made for what has taken
 * long enough, in a thread of its own, while the loop goes on.
 *
 * <p>System properties: {@code weft.specialise=off} makes no code; {@code always} makes it for
 * everything at once, for tests; {@code weft.specialise.log=true} says on standard error what is
 * made.
 */
public final class Specialiser extends Thread {
  /** Set by the clock: the next jump backward, or the next call, is to say where it goes. */
  public static boolean loopDue = true;

  public static boolean callDue = true;

  private static final int TICK_MILLISECONDS = 4;

  /** After so many ticks in which no loop has run, the clock goes slower. */
  private static final int MOST_IDLE_TICKS = 25;

  private static final int IDLE_MILLISECONDS = 20;

  /**
   * How much code may be made for something for each tick that has found it. HotSpot takes some 25
   * microseconds for a byte until the code is as fast as it gets. For what is called, compiling then
   * takes as long as what has been spent on it, which is probably what will be spent on it yet. A
   * loop that calls nothing takes a third of its time or less with code of its own, and the other
   * processor makes it; one that calls something needs code for that, too, and saves least.
   */
  private static final int BYTES_PER_TICK_OF_LOOP = 640;

  private static final int BYTES_PER_TICK_OF_FUNCTION = 160;
  private static final int BYTES_PER_TICK_OF_CALLING_LOOP = 27;

  /** An estimate of what code takes: an instruction, and what comes with each stretch. */
  private static final int BYTES_OF_INSTRUCTION = 100;

  private static final int BYTES_OF_STRETCH = 2000;

  /** What counts add up to until code is made. */
  private static final int FULL_COUNT = 20_000;

  /** How often specialised code calls something, or is cut there, until there is code for it. */
  private static final int MOST_COLD_CALLS = 20;

  /** What the loop calls so often in a tick is short: getting there takes longer than it saves. */
  private static final int MOST_SHORT_CALLS = 5000;

  /** Jumps that only lead over the other half of an `if` are passed over, up to so many in a tick. */
  private static final int MOST_SHORT_JUMPS = 500;

  /** After so many calls without code, the loop does not ask again until the next tick. */
  private static final int MOST_MISSES = 120;

  /** Pieces of code that are remembered; with more, it begins anew. */
  private static final int MOST_ENTRIES = 10_000;

  /** Stretches that one piece of code gets, and that all get. */
  private static final int MOST_STRETCHES = 50;

  private static final int MOST_CLASSES = 2_000;

  private static final String MODE = System.getProperty("weft.specialise", "");
  private static final boolean IS_ALWAYS = MODE.equals("always");
  private static final boolean HAS_LOG = Boolean.getBoolean("weft.specialise.log");

  /** What is known of one array of instructions. */
  private static final class Entry {
    final Object code;
    final Entry next;

    /** By instruction: the code that begins there. */
    final Specialised[] at;

    /** Whether the loop itself goes there: it takes more to get there than to go on. */
    final boolean[] isEntered;

    /** Where others end instead of having a copy, and where some ended because they were long. */
    final boolean[] isEnd;

    final boolean[] isCut;

    /** How often a tick, or specialised code, has come there without finding any. */
    final int[] counts;

    int stretches;

    /** The last tick at which the loop has called it, how often since then, and if too often. */
    int tick;

    int calls;
    boolean isShort;

    Entry(Object code, Entry next) {
      this.code = code;
      this.next = next;
      int length = Array.getLength(code);
      at = new Specialised[length];
      isEntered = new boolean[length];
      isEnd = new boolean[length];
      isCut = new boolean[length];
      counts = new int[length];
    }
  }

  /** Loads the classes that are made. */
  private static final class Loader extends ClassLoader {
    Loader(ClassLoader parent) {
      super(parent);
    }

    Class<?> define(byte[] bytes) {
      return defineClass(null, bytes, 0, bytes.length);
    }
  }

  private final String frame;
  private final String owner;
  private final String method;
  private final String descriptor;
  private final int head;
  private final int entry;
  private final int codeSlot;
  private final int nextSlot;

  /** By identity of the code. */
  private Entry[] table = new Entry[256];

  private int entries;

  /** Whether no call, and no jump backward, has come since the last tick. */
  private volatile boolean isCallTick = true;

  private volatile boolean isJumpTick = true;

  /** Ticks at which there was a call, and calls since then for which there was no code. */
  private int tick;

  private int misses;

  /** Jumps since the last tick to code that is too short to be entered. */
  private int shortJumps;

  /** Whether there is code that the loop may call. */
  private boolean hasCode;

  /** What the thread is to make next. */
  private volatile Entry wanted;

  private int wantedNext;
  private volatile boolean isOff = !MODE.isEmpty() && !IS_ALWAYS;
  private Loader loader;
  private Template template;
  private int classes;

  /** For a loop in the method of a class; head and entry are positions in its code. */
  public Specialiser(
      String frame,
      String owner,
      String method,
      String descriptor,
      int head,
      int entry,
      int codeSlot,
      int nextSlot) {
    super("weft specialiser");
    this.frame = frame;
    this.owner = owner;
    this.method = method;
    this.descriptor = descriptor;
    this.head = head;
    this.entry = entry;
    this.codeSlot = codeSlot;
    this.nextSlot = nextSlot;
    if (IS_ALWAYS || isOff) return;
    setDaemon(true);
    start();
  }

  /** The clock, and the making of code. */
  @Override
  public void run() {
    int idle = 0;
    while (!isOff) {
      try {
        Thread.sleep(idle < MOST_IDLE_TICKS ? TICK_MILLISECONDS : IDLE_MILLISECONDS);
      } catch (InterruptedException error) {
        return;
      }
      idle = loopDue && callDue ? idle + 1 : 0;
      isCallTick = true;
      isJumpTick |= !loopDue;
      shortJumps = 0;
      loopDue = true;
      callDue = true;
      Entry entry = wanted;
      if (entry != null) {
        make(entry, wantedNext);
        wanted = null;
      }
    }
  }

  private Entry entryOf(Object code) {
    Entry[] table = this.table;
    Entry entry = table[System.identityHashCode(code) & (table.length - 1)];
    while (entry != null && entry.code != code) entry = entry.next;
    return entry;
  }

  private Entry entryFor(Object code) {
    Entry known = entryOf(code);
    if (known != null) return known;
    if (entries == MOST_ENTRIES) {
      table = new Entry[table.length];
      entries = 0;
    }
    int at = System.identityHashCode(code) & (table.length - 1);
    table[at] = new Entry(code, table[at]);
    ++entries;
    return table[at];
  }

  /**
   * The loop is about to begin a round here, after a call or a jump backward: what to run instead
   * of it, or null.
   */
  Specialised enter(Object code, int next, boolean isCall) {
    Entry entry = entryFor(code);
    boolean isShortJump = !isCall && entry.at[next] != null && !entry.isEntered[next];
    if (isShortJump && ++shortJumps < MOST_SHORT_JUMPS) return null;
    // Of the jumps the second one since the tick: in between the loop has called what it calls.
    boolean isTick = isCall ? isCallTick : !isJumpTick || IS_ALWAYS;
    if (!isCall) isJumpTick = false;
    if (isTick && entry.at[next] == null) {
      int instructions = entry.at.length - next;
      int bytes = Math.min(instructions * BYTES_OF_INSTRUCTION, Evaluation.ENOUGH);
      int perTick =
          isCall
              ? BYTES_PER_TICK_OF_FUNCTION
              : isCallTick ? BYTES_PER_TICK_OF_LOOP : BYTES_PER_TICK_OF_CALLING_LOOP;
      count(entry, next, perTick * FULL_COUNT / (BYTES_OF_STRETCH + bytes));
    }
    if (!isCall) {
      if (isTick) loopDue = IS_ALWAYS;
      return entry.isEntered[next] ? entry.at[next] : null;
    }
    if (isTick) {
      isCallTick = false;
      ++tick;
      misses = 0;
    }
    if (entry.isEntered[next] && !entry.isShort) {
      if (entry.tick != tick) {
        entry.tick = tick;
        entry.calls = 0;
      }
      entry.isShort = ++entry.calls > MOST_SHORT_CALLS && !IS_ALWAYS;
      return entry.at[next];
    }
    if (++misses > MOST_MISSES || !hasCode) callDue = IS_ALWAYS;
    return null;
  }

  /** What goes on where specialised code has ended: there is something where that was cut. */
  Specialised findNext(Object code, int next) {
    Entry entry = entryOf(code);
    if (entry == null) return null;
    if (entry.at[next] == null && entry.isCut[next]) count(entry, next, FULL_COUNT / MOST_COLD_CALLS);
    return entry.at[next];
  }

  /** What specialised code is to call; null if the loop has to run it. */
  Specialised findCallee(Object code, int next) {
    Entry entry = entryFor(code);
    if (entry.at[next] == null) count(entry, next, FULL_COUNT / MOST_COLD_CALLS);
    return entry.at[next];
  }

  private void count(Entry entry, int next, int share) {
    entry.counts[next] += share;
    if (IS_ALWAYS) {
      make(entry, next);
    } else if (entry.counts[next] >= FULL_COUNT && wanted == null && !isOff) {
      entry.counts[next] = 0;
      wantedNext = next;
      wanted = entry;
    }
  }

  private void make(Entry entry, int next) {
    if (isOff || entry.at[next] != null) return;
    if (entry.stretches == MOST_STRETCHES || classes == MOST_CLASSES) return;
    ++entry.stretches;
    try {
      if (template == null) prepare();
      Evaluation evaluation = new Evaluation(template, entry.code, next, entry.isEnd);
      byte[] file = evaluation.run(owner + "$" + classes++);
      Specialised made =
          (Specialised) loader.define(file).getDeclaredConstructor().newInstance();
      for (int cut : evaluation.cuts()) entry.isCut[cut] = true;
      // Short ones are better copied than called.
      entry.isEnd[next] = evaluation.size() > Evaluation.ENOUGH / 4;
      entry.at[next] = made;
      entry.isEntered[next] = evaluation.isLong();
      hasCode |= evaluation.isLong();
      if (HAS_LOG) {
        log(evaluation.size() + " bytes for " + entry.at.length + " instructions from " + next);
      }
    } catch (Evaluation.Failure failure) {
      // Perhaps it is better from another place on.
      if (HAS_LOG) log("none from " + next + ": " + failure.getMessage());
    } catch (Throwable error) {
      // The program runs as well without.
      isOff = true;
      if (HAS_LOG) log("no more: " + error);
    }
  }

  private void log(String text) {
    System.err.println("weft: specialise " + method + ": " + text);
  }

  private void prepare() throws Exception {
    ClassLoader program = Class.forName(owner.replace('/', '.')).getClassLoader();
    byte[] bytes;
    try (InputStream in = program.getResourceAsStream(owner + ".class")) {
      bytes = in.readAllBytes();
    }
    loader = new Loader(program);
    template = new Template(bytes, method, descriptor, frame, head, entry, codeSlot, nextSlot);
    loader.define(template.baseFile());
  }
}
