namespace Weft {

// Checks that `--checks=all` leaves in. They are small enough for the host to inline.
public static class Checks {
  public static void NonNull(object target, int place) {
    if (target == null) Failures.NullDereference(place);
  }
  public static void Index(long index, long length, int place) {
    if ((ulong)index >= (ulong)length) Failures.BadIndex(index, length, place);
  }
  public static void NonZero(int value, int place) {
    if (value == 0) Failures.DivisionByZero(place);
  }
  public static void NonZero(long value, int place) {
    if (value == 0) Failures.DivisionByZero(place);
  }
}

}
