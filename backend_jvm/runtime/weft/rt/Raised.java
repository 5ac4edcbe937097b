package weft.rt;

/**
 * The base of a program's exceptions. The stack trace is taken where the exception is raised, not
 * where it is made, and stays while the same exception is raised again.
 */
public abstract class Raised extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The exception that was raised last: whose stack trace goes on. */
  private static Raised last;

  /** The exception for a stack that is used up; handlers take it from here without a call. */
  public static Raised overflow;

  /**
   * Makes handlers ready to run on a stack that is used up. The first one of each class looks for a
   * class of the host by name, and the class loader of a program answers a name that it was never
   * asked for with Java code, for which there would be no stack: the handler would fail before the
   * destructors of its scope have run. Asked for once, the name is known without a call. The same
   * goes for a heap that is full, with all that an error of memory passes through.
   */
  static void prepare(Raised overflowError) {
    overflow = overflowError;
    StackOverflowError.class.hashCode();
    if (Program.get().memoryError() != null) {
      caught(new OutOfMemoryError()).host = null;
      last = null;
    }
    Reserve.prepare();
  }

  /** What the host threw when the exception stands for an error of the host. */
  public transient Throwable host;

  protected Raised() {
    super(null, null, false, true);
  }

  /** The name of the class in the source. */
  public abstract String name$();

  public Str message$() {
    return null;
  }

  @Override
  public String getMessage() {
    Str message = message$();
    return message == null ? null : message.toString();
  }

  @Override
  public String toString() {
    String message = getMessage();
    return message == null || message.isEmpty() ? name$() : name$() + ": " + message;
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }

  /** Called where it is raised. */
  public final void raised() {
    if (last == this) return;
    last = this;
    host = null;
    super.fillInStackTrace();
  }

  @Override
  public StackTraceElement[] getStackTrace() {
    return Trace.decoded(host == null ? super.getStackTrace() : host.getStackTrace());
  }

  @Override
  public void printStackTrace(java.io.PrintStream out) {
    out.println(this);
    for (StackTraceElement element : getStackTrace()) out.println("\tat " + element);
  }

  /** What a handler caught, as an exception of the program; what is none goes on. */
  public static Raised caught(Throwable thrown) {
    if (thrown instanceof Raised) return (Raised) thrown;
    return ofHost(thrown);
  }

  /**
   * The text of an exception that left a function of the host's. The program's own ones, and the end
   * of stack or memory, go on as they are.
   */
  public static Str hostText(Throwable thrown) {
    if (thrown instanceof Raised || thrown instanceof VirtualMachineError) {
      Raised.<RuntimeException>throwAgain(thrown);
    }
    return Str.of(thrown.toString());
  }

  private static Raised ofHost(Throwable thrown) {
    Object prebuilt = null;
    if (thrown instanceof StackOverflowError) prebuilt = Program.get().stackOverflowError();
    if (thrown instanceof OutOfMemoryError) {
      Reserve.release();
      prebuilt = Program.get().memoryError();
    }
    if (prebuilt == null) Raised.<RuntimeException>throwAgain(thrown);
    Raised raised = (Raised) prebuilt;
    raised.host = thrown;
    last = raised;
    return raised;
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void throwAgain(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
