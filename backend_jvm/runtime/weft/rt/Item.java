package weft.rt;

/** An element of an array of values. */
public abstract class Item implements Place {
  /** From one element to the next, as the low-level graphs count. */
  public abstract int size();
}
