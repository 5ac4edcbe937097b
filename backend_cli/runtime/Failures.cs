using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;

namespace Weft {

// Messages of the end of a program: exceptions that nobody caught, and failing checks.
//
// Where things happened is in the resource `places`, which nothing reads until it is needed. Its
// lines are
//
//   FILE:LINE FUNCTION              a place; they are numbered from 0, and come first
//   <METHOD>                        a method of the program, and behind it
//   OFFSET NUMBER                   ... from which offset in its code on it is at which place
//
// The host keeps, for an exception on its way, the offsets at which its frames are.
public static class Failures {
  // A traceback of more than this many entries keeps its first ones and its last ones.
  const int kMost = 128;
  const int kKept = 32;

  // ---- The table of places.

  struct Mark {
    public int offset;
    public int place;
  }

  static List<string> places;
  static Dictionary<string, List<Mark>> methods;

  static void ReadPlaces() {
    if (places != null) return;
    places = new List<string>();
    methods = new Dictionary<string, List<Mark>>();
    using (System.IO.Stream stream =
               Startup.program.GetType().Assembly.GetManifestResourceStream("places")) {
      if (stream == null) return;
      System.IO.StreamReader reader = new System.IO.StreamReader(stream, Encoding.UTF8);
      List<Mark> marks = null;
      for (string line = reader.ReadLine(); line != null; line = reader.ReadLine()) {
        if (line.StartsWith("<", StringComparison.Ordinal)) {
          marks = new List<Mark>();
          methods[line.Substring(1, line.Length - 2)] = marks;
        } else if (marks == null) {
          places.Add(line);
        } else {
          int space = line.IndexOf(' ');
          Mark mark;
          mark.offset = int.Parse(line.Substring(0, space));
          mark.place = int.Parse(line.Substring(space + 1));
          marks.Add(mark);
        }
      }
    }
  }

  static string FileAndLine(int place) {
    ReadPlaces();
    return places[place].Substring(0, places[place].IndexOf(' '));
  }

  static string Function(int place) {
    ReadPlaces();
    return places[place].Substring(places[place].IndexOf(' ') + 1);
  }

  // The place that a frame is at; -1 for one of the run time or the host.
  static int PlaceOf(StackFrame frame) {
    System.Reflection.MethodBase method = frame.GetMethod();
    List<Mark> marks;
    if (method == null || !methods.TryGetValue(method.Name, out marks)) return -1;
    int place = -1;
    foreach (Mark mark in marks) {
      if (mark.offset > frame.GetILOffset()) break;
      place = mark.place;
    }
    return place;
  }

  // ---- Tracebacks.

  struct Entry {
    public int place;
    // How often the same place follows right after, as in recursion.
    public int repeated;
    // Calls left out between this one and the next.
    public int omitted;
  }

  // In the names of functions that were cut out of longer ones (optimize/outline.h).
  const string kPart = "::part:";

  // From the place that raised outwards.
  static List<Entry> Traceback(Exception exception) {
    ReadPlaces();
    List<Entry> entries = new List<Entry>();
    StackTrace trace = new StackTrace(exception, false);
    bool isOfPart = false;
    for (int i = 0; i < trace.FrameCount; ++i) {
      int place = PlaceOf(trace.GetFrame(i));
      if (place < 0) continue;
      // What calls a part of itself is at the place where the part is.
      bool isCaller = isOfPart;
      isOfPart = trace.GetFrame(i).GetMethod().Name.Contains(kPart);
      if (isCaller) continue;
      Entry entry;
      if (entries.Count > 0 && entries[entries.Count - 1].place == place) {
        entry = entries[entries.Count - 1];
        ++entry.repeated;
        entries[entries.Count - 1] = entry;
        continue;
      }
      if (entries.Count == kMost) LeaveOutMiddle(entries);
      entry.place = place;
      entry.repeated = 0;
      entry.omitted = 0;
      entries.Add(entry);
    }
    return entries;
  }

  static void LeaveOutMiddle(List<Entry> entries) {
    Entry last = entries[kKept - 1];
    for (int i = kKept; i < kMost - kKept; ++i) {
      last.omitted += 1 + entries[i].repeated + entries[i].omitted;
    }
    entries[kKept - 1] = last;
    entries.RemoveRange(kKept, kMost - 2 * kKept);
  }

  // ---- Exceptions.

  // The host forgets where an exception came from when it is raised again. This is what it knew, of
  // the exception that was last raised again; later parts of a long way are only counted.
  const int kMostKept = 96;
  static Exception noted;
  static readonly List<Entry> kept = new List<Entry>();
  static int uncounted;

  // An exception that was on its way before is about to be raised again.
  public static void Again(Exception exception) {
    if (noted != exception) Forget();
    noted = exception;
    if (kept.Count >= kMostKept) {
      ++uncounted;
      return;
    }
    Append(kept, Traceback(exception));
  }

  // A prebuilt exception begins a new way.
  public static void Forget() {
    noted = null;
    kept.Clear();
    uncounted = 0;
  }

  static void Append(List<Entry> entries, List<Entry> more) {
    foreach (Entry entry in more) {
      int last = entries.Count - 1;
      if (last >= 0 && entries[last].place == entry.place && entries[last].omitted == 0) {
        Entry merged = entries[last];
        merged.repeated += 1 + entry.repeated;
        merged.omitted = entry.omitted;
        entries[last] = merged;
      } else {
        entries.Add(entry);
      }
    }
  }

  // The name of the exception's class, as the program wrote it: the host puts a backslash before
  // what means something in its own names.
  static string NameOf(object target) { return target.GetType().FullName.Replace("\\", ""); }

  // The text of an exception that left a function of the host's; null for one of the program's own,
  // and for the end of stack or memory.
  public static Str HostText(Exception exception) {
    bool is_own = Startup.program.IsOwn(exception) || exception is OutOfMemoryException ||
                  exception is InsufficientExecutionStackException;
    return is_own ? null : Str.FromHost(exception.GetType().FullName + ": " + exception.Message);
  }

  public static void ReportUncaught(Exception exception) {
    Os.flush();
    // Those of a program that never mentions exceptions.
    if (exception is OutOfMemoryException || exception is InsufficientExecutionStackException) {
      Write("fatal error: " + (exception is OutOfMemoryException ? "out of memory\n"
                                                                 : "stack overflow\n"));
      return;
    }
    if (!Startup.program.IsOwn(exception)) {
      // One of the host's, out of a call that the program made.
      Write(exception + "\n");
      return;
    }
    Str message = Startup.program.Message(exception);
    Write("uncaught exception: " + NameOf(exception));
    if (message != null && message.bytes.Length > 0) {
      Write(": ");
      Os.WriteError(message.bytes);
    }
    Write("\n");
    List<Entry> entries = new List<Entry>();
    if (noted == exception) Append(entries, kept);
    if (noted == exception && uncounted > 0) {
      Entry last = entries[entries.Count - 1];
      last.omitted += uncounted;
      entries[entries.Count - 1] = last;
    }
    Append(entries, Traceback(exception));
    if (entries.Count == 0) return;
    StringBuilder text = new StringBuilder("Traceback (most recent call last):\n");
    for (int i = entries.Count - 1; i >= 0; --i) {
      Entry entry = entries[i];
      if (entry.omitted != 0) text.Append("  ... " + entry.omitted + " other calls\n");
      text.Append("  " + FileAndLine(entry.place) + " in " + Function(entry.place) + "\n");
      if (entry.repeated != 0) text.Append("  ... " + entry.repeated + " more of the same\n");
    }
    Write(text.ToString());
  }

  // ---- Failing checks end the program as abort() would.

  const int kAborted = 134;

  static void Write(string text) { Os.WriteError(Encoding.UTF8.GetBytes(text)); }

  static void Begin(int place) {
    Os.flush();
    Write(FileAndLine(place) + ": fatal error: ");
  }

  static void End(int place) {
    Write("\n  in " + Function(place) + "\n");
    Os.weft_os_exit(kAborted);
  }

  public static void Fatal(Str message, int place) {
    Begin(place);
    if (message != null) Os.WriteError(message.bytes);
    End(place);
  }

  public static void NullDereference(int place) {
    Begin(place);
    Write("null dereference");
    End(place);
  }

  public static void BadIndex(long index, long length, int place) {
    Begin(place);
    Write("index " + index + " is out of range for length " + length);
    End(place);
  }

  public static void DivisionByZero(int place) {
    Begin(place);
    Write("division by zero");
    End(place);
  }

  // `wanted` is null for a class without objects of its own.
  public static void BadCast(object target, string wanted, int place) {
    Begin(place);
    Write("bad cast\n  the object is a " + NameOf(target));
    if (wanted != null) Write(", not a " + wanted);
    End(place);
  }

  public static void Unreachable(int place) {
    Begin(place);
    Write("unreachable code was reached");
    End(place);
  }
}

}
