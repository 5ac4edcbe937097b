using System;
using System.Threading;

namespace Weft {

// From the host's entry to the program's, and back.
public static class Startup {
  public static Program program;

  static string[] arguments;
  static int exit_code;

  // A program gets this much stack, whatever the host's main thread has; only touched pages take
  // memory.
  const int kStackBytes = 16 << 20;

  public static int Main(Program started, string[] words) {
    program = started;
    arguments = words;
    string error = HeapLimit.SettingError();
    if (error != null) {
      Os.WriteError(Str.FromHost("weft: " + error + "\n").bytes);
      return 2;
    }
    Heap.Load(started);
    Thread thread = new Thread(Run, kStackBytes);
    thread.Start();
    thread.Join();
    Os.flush();
    return exit_code;
  }

  // The program is called from outside before it was started. Nothing watches the depth of the stack
  // then, as its end is not known.
  public static void Ready(Program called) {
    program = called;
    string error = HeapLimit.SettingError();
    if (error != null) throw new ArgumentException(error);
    Heap.Load(called);
    AppDomain.CurrentDomain.ProcessExit += delegate { Os.flush(); };
  }

  static void Run() {
    Stack.Begin(kStackBytes);
    try {
      exit_code = program.Entry(Arguments());
    } catch (Exception exception) {
      exit_code = 1;
      Failures.ReportUncaught(exception);
    }
  }

  static Str[] Arguments() {
    Str[] strings = new Str[arguments.Length + 1];
    strings[0] = Str.FromHost(program.Name());
    for (int i = 0; i < arguments.Length; ++i) strings[i + 1] = Str.FromHost(arguments[i]);
    return strings;
  }
}

// How deep calls may nest. The host ends the process when a thread's stack is used up, so functions
// that can call themselves ask first.
public static unsafe class Stack {
  // Left for functions that do not ask, and for the host's way of unwinding.
  const int kReserve = 1 << 20;

  static ulong limit;

  // The current thread has `bytes` of stack, and has just begun.
  public static void Begin(int bytes) {
    byte here;
    limit = (ulong)&here - (ulong)(bytes - kReserve);
  }

  // Taking the address of a variable is the one thing here that the host cannot verify.
  public static bool IsLow() {
    byte here;
    return (ulong)&here < limit;
  }

  public static void Check() {
    if (IsLow()) Overflow();
  }

  static void Overflow() {
    Failures.Forget();
    throw Startup.program.StackOverflowError();
  }
}

}
