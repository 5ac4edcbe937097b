package weft.rt;

/** An element of an array of values. */
public abstract class Item implements Place {
  /** From one element to the next, as the low-level graphs count. */
  public abstract int size();

  /** Which element a distance from the first one lies in: a division by a constant there. */
  public abstract int index(int distance);
}
