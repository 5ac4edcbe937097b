package weft.rt;

/** What the run time asks a translated program; the class weft.Program answers. */
public abstract class Program implements Runnable {
  /** As much stack as a program in C gets, with room for frames that are larger here. */
  private static final long STACK_BYTES = 192L << 20;

  /** The one program of this class loader. */
  static Program current;

  private String[] arguments;

  public abstract int run(Str[] arguments);

  /** The exceptions that are thrown when stack or memory are used up; null if there are none. */
  public abstract Object stackOverflowError();

  public abstract Object memoryError();

  /** The frozen heap, in strings of bytes. */
  public abstract String[] image();

  /** A new object of a kind of the frozen heap, or of the elements of such an array. */
  public abstract Object make(int kind);

  public abstract Object[] makeArray(int kind, int length);

  /** Reads the fields of such an object. */
  public abstract void fill(int kind, Object object, Thaw in);

  /** A function that the frozen heap refers to. */
  public abstract Object function(int number);

  static Program get() {
    if (current == null) {
      // Nobody started it: it is called from outside.
      try {
        current = (Program) Class.forName("weft.Program").getDeclaredConstructor().newInstance();
      } catch (ReflectiveOperationException error) {
        throw new LinkageError("weft.Program", error);
      }
      Thaw.prepare();
    }
    return current;
  }

  /** Called before an exported function: its program may not have been started. */
  public static void ready() {
    if (current != null) return;
    get();
    Runtime.getRuntime().addShutdownHook(new Thread(Os::flush));
  }

  /** Runs the program on a thread with a large stack, and ends the process. */
  public static void start(Program program, String[] arguments) {
    current = program;
    program.arguments = arguments;
    // No lambda: the first one of a process costs more than all else here.
    new Thread(null, program, "main", STACK_BYTES).start();
  }

  @Override
  public final void run() {
    int code;
    try {
      Thaw.prepare();
      code = run(Os.arguments(arguments));
    } catch (Throwable thrown) {
      code = Fatal.uncaught(thrown);
    }
    Os.flush();
    Runtime.getRuntime().halt(code);
  }
}
