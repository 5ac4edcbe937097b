package weft.rt;

/**
 * When to run specialised code of a loop, while HotSpot is making it fast. In HotSpot's interpreter
 * and as its first compiler leaves it, it takes several times as long as the loop that it replaces,
 * which the optimising compiler has seen to by then. So it runs as often as each of the compilers
 * wants to see it, and is only tried from time to time until that one is done, which shows in the
 * time it takes.
 */
final class WarmUp {
  /** Steps of Specialised for one, two and 64 rounds. */
  static final int ONE_ROUND = Integer.MIN_VALUE;

  static final int TWO_ROUNDS = 1 << 30;
  static final int MANY_ROUNDS = 1 << 25;

  /**
   * After how many runs HotSpot's compilers begin: those that it looks at (Tier0InvokeNotifyFreqLog,
   * Tier3InvokeNotifyFreqLog) behind Tier3InvocationThreshold and Tier4InvocationThreshold.
   */
  private static final int RUNS_FOR_FIRST = 256 + 32;

  private static final int RUNS_FOR_SECOND = 5 * 1024 + 512;

  /** Runs that are timed together. */
  private static final int GROUP = 16;

  /** What a compiler has seen to takes less than this part of the time. */
  private static final double FASTER = 0.6;

  /** How long it may take, at most. */
  private static final long MOST_NANOSECONDS_OF_FIRST = 60_000_000;

  private static final long MOST_NANOSECONDS_OF_SECOND = 400_000_000;

  /** How long it is tried at once: runs count, should HotSpot want more of them. */
  private static final long MOST_NANOSECONDS_OF_TRIAL = 200_000;

  /** How long it may run at once before it is fast. */
  private static final long MOST_NANOSECONDS_AT_ONCE = 8_000_000;

  /** In the order in which they come: runs for a compiler, and waiting for it. */
  private static final int FIRST = 0;

  private static final int FIRST_AWAITED = 1;
  private static final int SECOND = 2;
  private static final int SECOND_AWAITED = 3;
  private static final int DONE = 4;

  private final Specialised code;
  private int phase = FIRST;
  private int runs;

  /** The least time of a group in this phase's runs, and when waiting began. */
  private long least = Long.MAX_VALUE;

  private long waiting;

  /** Of the runs since it was entered: how many, when they began, and when their group did. */
  private int entered;

  private long begin;
  private long groupBegin;

  WarmUp(Specialised code) {
    this.code = code;
  }

  /** The loop is about to run it. */
  void enter() {
    if (phase == DONE) return;
    if (phase == FIRST) code.step = ONE_ROUND;
    entered = 0;
    begin = groupBegin = System.nanoTime();
  }

  /** It has run once; whether to run it again. */
  boolean goesOn() {
    if (phase == DONE) return true;
    ++runs;
    if (++entered % GROUP != 0) return true;
    long now = System.nanoTime();
    long time = now - groupBegin;
    groupBegin = now;
    if (phase == FIRST_AWAITED || phase == SECOND_AWAITED) {
      long most = phase == FIRST_AWAITED ? MOST_NANOSECONDS_OF_FIRST : MOST_NANOSECONDS_OF_SECOND;
      boolean isFaster = time < FASTER * least;
      if (!isFaster && now - waiting < most) return now - begin < MOST_NANOSECONDS_OF_TRIAL;
      begin(phase + 1, now);
      return true;
    }
    least = Math.min(least, time);
    if (runs >= (phase == FIRST ? RUNS_FOR_FIRST : RUNS_FOR_SECOND)) begin(phase + 1, now);
    return now - begin < MOST_NANOSECONDS_AT_ONCE;
  }

  private void begin(int phase, long now) {
    this.phase = phase;
    runs = 0;
    waiting = now;
    if (phase == SECOND) {
      code.step = TWO_ROUNDS;
      least = Long.MAX_VALUE;
    } else if (phase == DONE) {
      code.step = MANY_ROUNDS;
    }
  }

  /** It has run where it has to go on; such a run counts, too. */
  void runAnyway() {
    if (phase != DONE && ++runs > 2 * RUNS_FOR_SECOND) begin(DONE, 0);
  }
}
