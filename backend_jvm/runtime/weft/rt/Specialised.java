package weft.rt;

import java.util.ArrayList;
import java.util.List;

/**
 * An interpreter loop made for one stretch of the code that the interpreter runs. For each loop
 * there is a class with a method that takes the loop's local variables as arguments; see {@link
 * Template}.
 */
public abstract class Specialised {
  /** The objects that a class knows, while it is initialised. */
  protected static Object[] objects;

  /** Who has made it, and for what. */
  Specialiser specialiser;

  Object code;
  int next;

  /** By number of a call: what it was taken to lead to. */
  Site[] sites;

  private int misses;

  /** The places that call it. */
  private final List<Callee> callers = new ArrayList<>();

  void calledFrom(Callee callee) {
    callers.add(callee);
  }

  /** It is no longer to be run. */
  void forget() {
    for (Callee callee : callers) callee.forget();
    callers.clear();
  }

  /** A call has led elsewhere: it is no use to run it if that is often so. */
  public final void miss(int site) {
    sites[site].miss();
    if (++misses == MOST_MISSES) specialiser.dismiss(this, false);
  }

  /** It is for a function object, and there is another one. */
  public final void refuse(LoopFrame frame) {
    frame.isRefused = true;
    if (++misses == MOST_MISSES) specialiser.dismiss(this, true);
  }

  private static final int MOST_MISSES = 20;

  /** By number of a call whose callee it does not know: the code, and where it comes back to. */
  Object[] slowCodes;

  int[] slowResumes;

  /** A loop runs until a sum of these exceeds an int: two rounds at first, and then more. */
  public int step = WarmUp.TWO_ROUNDS;

  final WarmUp warmUp = new WarmUp(this);

  /**
   * Runs from the frame's next instruction on. True when the loop has returned; else the frame says
   * where it goes on, in code that this one does not contain.
   *
   * @param depth how many calls wait for an end of this one
   */
  public abstract boolean run(LoopFrame frame, int depth);
}
