package weft.rt;

/**
 * The local variables of an interpreter loop between two of its rounds. Each loop has a class of
 * its own with those that are not here.
 */
public abstract class LoopFrame {
  /** The array of instructions, and the index of the next one. */
  public Object code;

  public int next;

  /** Whether the loop has returned. */
  public boolean isDone;

  public abstract Specialiser specialiser();

  /**
   * Called between two rounds of the loop, with its locals, when something is due. The loop goes on
   * with what this leaves in the frame.
   */
  public final void enter(int isCall) {
    Specialised specialised = specialiser().enter(code, next, isCall != 0);
    while (specialised != null) {
      if (specialised.run(this, 0)) {
        isDone = true;
        return;
      }
      specialised = specialiser().findNext(code, next);
    }
  }

  /** What await() says: it goes on elsewhere, the loop has returned, or control is back. */
  static final int ELSEWHERE = 0;

  static final int RETURNED = 1;
  static final int BACK = 2;

  /**
   * Goes on after a call from an instruction: until it comes back to the next one, or to where
   * there is no specialised code.
   */
  public final int await(Object code, int next, int depth) {
    return this.next == next && this.code == code ? BACK : goOn(code, next, depth);
  }

  private int goOn(Object code, int next, int depth) {
    while (this.next != next || this.code != code) {
      Specialised specialised = specialiser().findNext(this.code, this.next);
      if (specialised == null) return ELSEWHERE;
      if (specialised.run(this, depth + 1)) return RETURNED;
    }
    return BACK;
  }
}
