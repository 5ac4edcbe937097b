package weft.rt;

/** What is called from one place of specialised code: it remembers what it found first. */
public final class Callee {
  /** How deep calls nest: code that waits takes stack. */
  private static final int MOST_CALLS = 60;

  private Object code;
  private int next;
  private Specialised specialised;

  /**
   * What to call for an instruction, if there is something and calls may nest deeper. Short, as
   * HotSpot puts only so many bytes into one method, and this is there for each call.
   */
  public Specialised find(LoopFrame frame, Object code, int next, int depth) {
    return this.code == code && this.next == next && depth < MOST_CALLS
        ? specialised
        : findOther(frame, code, next, depth);
  }

  void forget() {
    code = null;
    specialised = null;
  }

  static Specialised find(LoopFrame frame, int depth) {
    return depth < MOST_CALLS ? frame.specialiser().findCallee(frame.code, frame.next) : null;
  }

  private Specialised findOther(LoopFrame frame, Object code, int next, int depth) {
    if (depth >= MOST_CALLS) return null;
    Specialised found = frame.specialiser().findCallee(code, next);
    if (specialised == null && found != null) {
      this.code = code;
      this.next = next;
      specialised = found;
      found.calledFrom(this);
    }
    return found;
  }
}
