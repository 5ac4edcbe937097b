package weft.rt;

/**
 * What an instruction has called, as far as that is nearly always the same: a majority vote. The
 * loop votes, and those that make and run code look; what they see need not be up to date, as every
 * call compares.
 */
final class Site {
  Object code;
  int next;

  /** What of it the loop promotes, if anything. */
  Object promoted;

  /** How often it was that, and how often something else. */
  private int hits;

  private int misses;

  void add(LoopFrame frame) {
    Object promoted = frame.promoted();
    if (code == frame.code && next == frame.next && this.promoted == promoted) {
      if (++hits > MOST_HITS) halve();
    } else if (++misses > hits) {
      code = frame.code;
      next = frame.next;
      this.promoted = promoted;
      hits = 1;
      misses = 0;
    }
  }

  /** One of those that are made for it has found something else. */
  void miss() {
    misses += hits / 4;
  }

  boolean isSteady() {
    return misses <= hits / 8;
  }

  /** So that it does not take too long to change one's mind. */
  private void halve() {
    hits /= 2;
    misses /= 2;
  }

  private static final int MOST_HITS = 100_000;
}
