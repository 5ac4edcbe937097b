package weft.rt;

/**
 * Zeros that no compiler takes for constants: added to a value after the fence was read, they make
 * it another value for HotSpot, from that place on.
 */
public final class Pin {
  private Pin() {}

  public static volatile int fence;

  /** What the method of a loop does that is called: 0 to begin, 1 to return at once. */
  public static int entry;

  public static int zero;
  public static long wideZero;

  /** Of which object the loop that is about to begin is a method. */
  public static Object object;
}
