package weft.rt;

/**
 * Zeros that no compiler takes for constants: added to a value after the fence was read, they make
 * it another value for HotSpot, from that place on.
 */
public final class Pin {
  private Pin() {}

  public static volatile int fence;

  public static int zero;
  public static long wideZero;

  /** Of which object the loop that is about to begin is a method. */
  public static Object object;
}
