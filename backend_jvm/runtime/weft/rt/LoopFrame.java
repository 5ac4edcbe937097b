package weft.rt;

/**
 * The local variables of an interpreter loop between two of its rounds. Each loop has a class of
 * its own with those that are not here.
 */
public abstract class LoopFrame {
  /** The array of instructions, and the index of the next one. */
  public Object code;

  public int next;

  /** Of a call: the code that it comes from, and the instruction. */
  public Object callerCode;

  public int callerNext;

  /** Whether specialised code has done nothing, because it is for something else. */
  boolean isRefused;

  /** The first of the locals that the loop promotes; null if there are none. */
  public abstract Object promoted();

  /** What is in that one and in those that follow from it; null if there are none. */
  public abstract Object[] known();

  /** Whether the loop has returned. */
  public boolean isDone;

  public abstract Specialiser specialiser();

  /**
   * Called between two rounds of the loop, with its locals, when something is due. The loop goes on
   * with what this leaves in the frame.
   */
  public final void enter(int isCall) {
    specialiser().enter(this, isCall != 0);
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

  /** Which slow call has come back. */
  public int call;

  /** Calls what specialised code does not know, with the locals as they are at the call. */
  public final int call(Specialised caller, int call, int depth) {
    Specialised callee = Callee.find(this, depth);
    if (callee == null) return ELSEWHERE;
    if (callee.run(this, depth + 1)) return RETURNED;
    int result = await(caller.slowCodes[call], caller.slowResumes[call], depth);
    this.call = call;
    return result;
  }

  private int goOn(Object code, int next, int depth) {
    while (this.next != next || this.code != code) {
      Specialised specialised = specialiser().findNext(this.code, this.next);
      if (specialised == null || isRefused) return ELSEWHERE;
      if (specialised.run(this, depth + 1)) return RETURNED;
      specialised.warmUp.runAnyway();
    }
    return BACK;
  }
}
