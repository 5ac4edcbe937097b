package weft.rt;

/**
 * A call that is evaluated together with its caller: what it leads to is known by what it has led to
 * before, and compared when the call is made. So is the way back; an interpreter keeps its frames as
 * it likes.
 */
final class Context {
  /** The call within which this one is; null for the code itself. */
  final Context caller;

  /** Its code. */
  final Object code;

  /** What locals hold when it begins, of those that follow from what is promoted; null elsewhere. */
  final Object[] known;

  /** The instruction that it comes from. */
  final int round;

  /** The instruction that it comes back to. */
  final int resume;

  final int depth;

  /** Tells it from others. */
  final int number;

  /** Before what is in it in the order of rounds. */
  final String order;

  Context(
      int number,
      Context caller,
      Object code,
      Object[] known,
      int round,
      int resume,
      String order) {
    this.number = number;
    this.caller = caller;
    this.code = code;
    this.known = known;
    this.round = round;
    this.resume = resume;
    depth = caller == null ? 0 : caller.depth + 1;
    this.order = order;
  }

  /** A text that comes before that of all later rounds. */
  static String ordinal(int round) {
    return new String(new char[] {(char) ((round + 1) >> 16), (char) (round + 1)});
  }
}
