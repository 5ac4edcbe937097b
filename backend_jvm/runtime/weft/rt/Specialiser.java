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
 * change once they have run. The functions that are called and returned to may be promoted, too:
 * what a call has led to before is then evaluated together with the caller, for that function, as
 * long as it leads there.
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
   * microseconds for a byte until the code is as fast as it gets, on another processor if there is
   * one; what has been spent on something is probably what will be spent on it yet. A loop that
   * calls nothing takes a third of its time or less with code of its own.
   */
  private static final int BYTES_PER_TICK_OF_LOOP = 1280;

  private static final int BYTES_PER_TICK_OF_FUNCTION = 480;

  /**
   * How many ticks it takes for a loop that calls something: its code comprises what it calls. Up to
   * so many instructions that is one piece, which HotSpot is done with after 0.1 s. For more than
   * that it takes some tenths of a second, and the processors that others would need.
   */
  private static final int TICKS_OF_CALLING_LOOP = 5;

  private static final int TICKS_OF_LONG_CALLING_LOOP = 120;
  private static final int MOST_OF_SHORT_LOOP = 60;

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

  /** After so many jumps to code that soon ended, the loop does not go there until the next tick. */
  private static final int MOST_ENTERED = 100;

  /** After so many calls without code, the loop does not ask again until the next tick. */
  private static final int MOST_MISSES = 60;

  /** Pieces of code that are remembered; with more, it begins anew. */
  private static final int MOST_ENTRIES = 10_000;

  /** Stretches that one piece of code gets, and that all get. */
  private static final int MOST_STRETCHES = 50;

  private static final int MOST_CLASSES = 2_000;

  /** How long code may get: if it gets too long in spite of that, it is made with less. */
  private static final int[] SIZES = {Evaluation.ENOUGH, Evaluation.ENOUGH / 2};

  private static final String MODE = System.getProperty("weft.specialise", "");
  private static final boolean IS_ALWAYS = MODE.equals("always");
  private static final boolean HAS_LOG = Boolean.getBoolean("weft.specialise.log");

  /** What is known of one array of instructions. */
  private static final class Entry {
    final Object code;
    final Entry next;

    /** What was in the promoted local and in those that follow from it, when it came there first. */
    Object[] known;

    /** Whether it also comes there with something else. */
    boolean isGeneral;

    /** By instruction: the code that begins there. */
    final Specialised[] at;

    /** Whether the loop itself goes there: it takes more to get there than to go on. */
    final boolean[] isEntered;

    /** Where others end instead of having a copy, and where some ended because they were long. */
    final boolean[] isEnd;

    final boolean[] isCut;

    /** How often a tick, or specialised code, has come there without finding any; < 0: no use. */
    final int[] counts;

    /** What instructions have called; null for those that have not. */
    private Site[] sites;

    Site siteAt(int instruction) {
      if (sites == null) sites = new Site[at.length];
      if (sites[instruction] == null) sites[instruction] = new Site();
      return sites[instruction];
    }

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

  /** The code that a call from an instruction to another one probably leads to; may be null. */
  Object calleeOf(Object code, int round, int next) {
    Site site = siteOf(code, round);
    return site != null && site.next == next && site.isSteady() ? site.code : null;
  }

  /** What the loop promotes at a call from an instruction; may be null. */
  Object promotedBy(Object code, int round) {
    Site site = siteOf(code, round);
    return site != null && site.isSteady() ? site.promoted : null;
  }

  Site siteOf(Object code, int round) {
    Entry entry = entryOf(code);
    return entry == null || entry.sites == null ? null : entry.sites[round];
  }

  /** Sees that classes that are made find this one without asking; null is no class. */
  void load(String name) {
    if (name == null || name.charAt(0) == '[') return;
    try {
      Class.forName(name.replace('/', '.'), false, loader);
    } catch (ClassNotFoundException error) {
      throw new Evaluation.Failure("no class " + name);
    }
  }

  /** Whether an instruction has called anything. */
  boolean calls(Object code, int round) {
    return siteOf(code, round) != null;
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
  private final int callerSlot;
  private final String promoted;
  private final String known;

  /** By identity of the code. */
  private Entry[] table = new Entry[256];

  private int entries;

  /** Whether no call, and no jump backward, has come since the last tick. */
  private volatile boolean isCallTick = true;

  private volatile boolean isJumpTick = true;

  /** Ticks at which there was a call, and calls since then for which there was no code. */
  private int tick;

  private int misses;

  /** Jumps since the last tick to code that was entered. */
  private int entered;

  /** Jumps since the last tick to code that is too short to be entered. */
  private int shortJumps;

  /** Whether something is soon to be made. */
  private volatile boolean isHalfFull;

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
      int nextSlot,
      int callerSlot,
      String promoted,
      String known) {
    super("weft specialiser");
    this.frame = frame;
    this.owner = owner;
    this.method = method;
    this.descriptor = descriptor;
    this.head = head;
    this.entry = entry;
    this.codeSlot = codeSlot;
    this.nextSlot = nextSlot;
    this.callerSlot = callerSlot;
    this.promoted = promoted;
    this.known = known;
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
      if (isHalfFull) prepareEarly();
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
   * The loop is about to begin a round here, after a call or a jump backward: runs what there is
   * for it.
   *
   * <p>It is too long for HotSpot to put it into the loop (FreqInlineSize). Else the optimising
   * compiler would leave out there what has not happened yet, and begin anew with the whole loop
   * when it does.
   */
  void enter(LoopFrame frame, boolean isCall) {
    Specialised found;
    try {
      Object code = frame.code;
      int next = frame.next;
      Entry entry = entryFor(code);
      found = entry.isEntered[next] ? entry.at[next] : null;
      if (entry.known == null) entry.known = frame.known();
      if (isCall) {
        entryFor(frame.callerCode).siteAt(frame.callerNext).add(frame);
        boolean isTick = isCallTick;
        if (isTick) {
          isCallTick = false;
          ++tick;
          misses = 0;
          if (entry.at[next] == null) countTick(entry, next, BYTES_PER_TICK_OF_FUNCTION);
        }
        if (found != null && !entry.isShort) {
          if (entry.tick != tick) {
            entry.tick = tick;
            entry.calls = 0;
          }
          entry.isShort = ++entry.calls > MOST_SHORT_CALLS && !IS_ALWAYS;
        } else {
          found = null;
          if (++misses > MOST_MISSES) callDue = IS_ALWAYS;
        }
      } else {
        boolean isShort = found == null && entry.at[next] != null;
        if (isShort && ++shortJumps < MOST_SHORT_JUMPS) return;
        // The second jump since the tick: in between the loop has called what it calls.
        boolean isTick = !isJumpTick || IS_ALWAYS;
        isJumpTick = false;
        if (isTick) {
          if (entry.at[next] == null) {
            if (isCallTick) {
              countTick(entry, next, BYTES_PER_TICK_OF_LOOP);
            } else {
              count(entry, next, FULL_COUNT / ticksOfCallingLoop(entry, next) + 1);
            }
          }
          entered = 0;
        }
        // What ends early is entered again, so that it soon has what it lacks.
        if (found == null ? isTick : ++entered > MOST_ENTERED) loopDue = IS_ALWAYS;
      }
    } catch (OutOfMemoryError error) {
      // The program goes on without this.
      return;
    }
    if (found == null) return;

    if (!isCall) found.warmUp.enter();
    Specialised running = found;
    while (true) {
      if (running.run(frame, 0)) {
        frame.isDone = true;
        return;
      }
      if (frame.isRefused) {
        frame.isRefused = false;
        return;
      }
      running = findNext(frame.code, frame.next);
      if (running == null) return;
      if (isCall || running != found) {
        running.warmUp.runAnyway();
      } else if (!found.warmUp.goesOn() && !IS_ALWAYS) {
        loopDue = false;
        return;
      }
    }
  }

  /** How many ticks of a loop that calls something are worth it. */
  private int ticksOfCallingLoop(Entry entry, int next) {
    int instructions = entry.at.length - next;
    for (int i = next; entry.sites != null && i < entry.sites.length; ++i) {
      Site site = entry.sites[i];
      if (site != null && site.isSteady()) instructions += Array.getLength(site.code);
    }
    return instructions <= MOST_OF_SHORT_LOOP ? TICKS_OF_CALLING_LOOP : TICKS_OF_LONG_CALLING_LOOP;
  }

  private void countTick(Entry entry, int next, int bytesPerTick) {
    int bytes = Math.min((entry.at.length - next) * BYTES_OF_INSTRUCTION, Evaluation.ENOUGH);
    count(entry, next, bytesPerTick * FULL_COUNT / (BYTES_OF_STRETCH + bytes));
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
    try {
      Entry entry = entryFor(code);
      if (entry.at[next] == null) count(entry, next, FULL_COUNT / MOST_COLD_CALLS);
      return entry.at[next];
    } catch (OutOfMemoryError error) {
      return null;
    }
  }

  private void count(Entry entry, int next, int share) {
    entry.counts[next] += share;
    isHalfFull |= entry.counts[next] >= FULL_COUNT / 2;
    if (IS_ALWAYS) {
      make(entry, next);
    } else if (entry.counts[next] >= FULL_COUNT && wanted == null && !isOff) {
      entry.counts[next] = 0;
      wantedNext = next;
      wanted = entry;
    }
  }

  private void make(Entry entry, int next) {
    if (isOff || entry.at[next] != null || entry.counts[next] < 0) return;
    if (entry.stretches == MOST_STRETCHES || classes == MOST_CLASSES) return;
    ++entry.stretches;
    try {
      prepare();
      for (int enough : SIZES) {
        try {
          make(entry, next, enough);
          return;
        } catch (Evaluation.Failure failure) {
          if (HAS_LOG) log("none from " + next + ": " + failure.getMessage());
        }
      }
      // Perhaps it is better from another place on.
      entry.counts[next] = Integer.MIN_VALUE;
    } catch (Throwable error) {
      fail(error);
    }
  }

  private void make(Entry entry, int next, int enough) throws ReflectiveOperationException {
    Object[] known = entry.isGeneral ? null : template.knownOf(entry.known);
    Evaluation evaluation =
        new Evaluation(
            this, template, owner + "$" + classes++, entry.code, known, next, entry.isEnd, enough);
    byte[] file = evaluation.run();
    Specialised made;
    synchronized (Specialised.class) {
      Specialised.objects = evaluation.objects();
      try {
        made = (Specialised) loader.define(file).getDeclaredConstructor().newInstance();
      } finally {
        Specialised.objects = null;
      }
    }
    made.specialiser = this;
    made.code = entry.code;
    made.next = next;
    made.sites = evaluation.sites();
    made.slowCodes = evaluation.slowCodes();
    made.slowResumes = evaluation.slowResumes();
    for (int cut : evaluation.cuts()) entry.isCut[cut] = true;
    // Short ones are better copied than called.
    entry.isEnd[next] = evaluation.size() > Evaluation.ENOUGH / 4;
    entry.isEntered[next] = evaluation.isLong();
    entry.at[next] = made;
    if (HAS_LOG) {
      log(evaluation.size() + " bytes for " + entry.at.length + " instructions from " + next);
    }
  }

  /** What was made is no longer run: what it was made for does not come any more. */
  void dismiss(Specialised made, boolean isForOthers) {
    Entry entry = entryOf(made.code);
    if (entry == null || entry.at[made.next] != made) return;
    entry.isGeneral |= isForOthers;
    made.forget();
    entry.isEntered[made.next] = false;
    entry.isEnd[made.next] = false;
    entry.at[made.next] = null;
    count(entry, made.next, FULL_COUNT);
  }

  private void log(String text) {
    System.err.println("weft: specialise " + method + ": " + text);
  }

  /** While it is not urgent. */
  private void prepareEarly() {
    try {
      prepare();
    } catch (Throwable error) {
      fail(error);
    }
  }

  /** A mistake of this class or of those it uses: the program runs as well without, tests do not. */
  private void fail(Throwable error) {
    if (IS_ALWAYS && !(error instanceof VirtualMachineError)) throw new AssertionError(error);
    isOff = true;
    if (HAS_LOG) log("no more: " + error);
  }

  private void prepare() throws Exception {
    if (template != null) return;
    ClassLoader program = Class.forName(owner.replace('/', '.')).getClassLoader();
    byte[] bytes;
    try (InputStream in = program.getResourceAsStream(owner + ".class")) {
      bytes = in.readAllBytes();
    }
    loader = new Loader(program);
    template =
        new Template(
            bytes,
            method,
            descriptor,
            frame,
            head,
            entry,
            codeSlot,
            nextSlot,
            callerSlot,
            promoted,
            known,
            program);
    loader.define(template.baseFile());
  }
}
