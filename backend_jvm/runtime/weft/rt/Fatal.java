package weft.rt;

/** Errors that end the process: failing checks, fatal(), what nobody caught. */
public final class Fatal {
  /** What a process that aborts leaves behind. */
  private static final int ABORTED = 134;

  private Fatal() {}

  public static void checkNonNull(Object object, String place) {
    if (object == null) die(place, "null dereference");
  }

  public static void checkIndex(long index, long length, String place) {
    if (index < 0 || index >= length) badIndex(index, length, place);
  }

  public static void checkNonZero(int value, String place) {
    if (value == 0) die(place, "division by zero");
  }

  public static void checkNonZero(long value, String place) {
    if (value == 0) die(place, "division by zero");
  }

  private static void badIndex(long index, long length, String place) {
    die(place, "index " + index + " is out of range for length " + length);
  }

  public static void badCast(Object object, String wanted, String place) {
    die(place, "bad cast\n  the object is a " + nameOf(object) + ", not a " + wanted);
  }

  private static String nameOf(Object object) {
    if (object instanceof Raised) return ((Raised) object).name$();
    return object.getClass().getName().replace(".", "::");
  }

  /** A place is "file:line", a newline, and the function. */
  static void die(String place, String text) {
    die(place, text.getBytes(Str.UTF_8));
  }

  private static void die(String place, byte[] text) {
    int split = place.indexOf('\n');
    Os.flush();
    Os.error(Str.encode(place.substring(0, split) + ": fatal error: "));
    Os.error(text);
    Os.error(Str.encode("\n  in " + place.substring(split + 1) + "\n"));
    Runtime.getRuntime().halt(ABORTED);
  }

  public static void fatal(Str text, String place) {
    die(place, text == null ? new byte[0] : text.bytes);
  }

  /** Reports what left the program, and gives the exit code. */
  static int uncaught(Throwable thrown) {
    Os.flush();
    Throwable raised = thrown;
    if (thrown instanceof StackOverflowError || thrown instanceof OutOfMemoryError) {
      try {
        raised = Raised.caught(thrown);
      } catch (Throwable same) {
        boolean isStack = thrown instanceof StackOverflowError;
        Os.error(Str.encode("fatal error: " + (isStack ? "stack overflow" : "out of memory") + "\n"));
        return 1;
      }
    }
    StringBuilder out = new StringBuilder();
    if (raised instanceof Raised) {
      Raised exception = (Raised) raised;
      Os.error(Str.encode("uncaught exception: " + exception.name$()));
      Str message = exception.message$();
      if (message != null && message.bytes.length > 0) {
        Os.error(Str.encode(": "));
        Os.error(message.bytes);
      }
      out.append("\n");
      Trace.append(exception.getStackTrace(), out);
      Os.error(Str.encode(out.toString()));
      return 1;
    }
    // What --checks=all would have said: the host's own check failed.
    StackTraceElement[] trace = Trace.decoded(thrown.getStackTrace());
    out.append("fatal error: ").append(thrown).append("\n");
    Trace.append(trace, out);
    Os.error(Str.encode(out.toString()));
    return ABORTED;
  }
}
