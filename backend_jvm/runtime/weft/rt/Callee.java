package weft.rt;

/** What is called from one place of specialised code: it remembers what it found first. */
public final class Callee {
  /** How deep calls nest: code that waits takes stack. */
  private static final int MOST_CALLS = 60;

  private Object code;
  private int next;
  private Specialised specialised;

  /** What to call for an instruction, if there is something and calls may nest deeper. */
  public Specialised find(LoopFrame frame, Object code, int next, int depth) {
    if (depth == MOST_CALLS) return null;
    if (this.code == code && this.next == next) return specialised;
    Specialised found = frame.specialiser().findCallee(code, next);
    if (specialised == null && found != null) {
      this.code = code;
      this.next = next;
      specialised = found;
    }
    return found;
  }
}
