package weft.rt;

/**
 * An interpreter loop made for one stretch of the code that the interpreter runs. For each loop
 * there is a class with a method that takes the loop's local variables as arguments; see {@link
 * Template}.
 */
public abstract class Specialised {
  /**
   * Runs from the frame's next instruction on. True when the loop has returned; else the frame says
   * where it goes on, in code that this one does not contain.
   *
   * @param depth how many calls wait for an end of this one
   */
  public abstract boolean run(LoopFrame frame, int depth);
}
