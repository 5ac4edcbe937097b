using System;

namespace Weft {

// How much memory the heap may take. Mono ends the process when it finds no room for an object, so
// that a program that is to get MemoryError has to ask before it comes to that: what allocates looks
// at a flag, and a finalizer sets it, which runs after each collection and sees how full the heap is.
public static class HeapLimit {
  // The bytes that are allocated between two runs of the finalizer, at most: Mono's nursery, if its
  // owner has not asked for another one.
  const long kNursery = 4 << 20;
  // How much less than the limit of a whole process is for the heap.
  const long kProcessBytes = 96 << 20;
  // What the heap gets in any case, unless the user says less.
  const long kLeastBytes = 16 << 20;
  const long kFewBytes = 1 << 20;

  // The heap has reached its limit, with the dead objects that it still holds.
  public static bool is_reached;

  // In bytes; 0 when nobody has asked for it yet.
  static long limit;
  static long Limit {
    get { return limit != 0 ? limit : limit = FindLimit(); }
  }

  // Called where something small is allocated.
  public static void Check() {
    if (is_reached) MakeRoom(0);
  }

  // What Check does where a handler waits for the exception: that is the result, null if there is
  // room.
  public static Exception TryMakeRoom() {
    try {
      MakeRoom(0);
      return null;
    } catch (Exception exception) {
      return exception;
    }
  }

  // Called for arrays of some size, whose bytes the host counts at once. Few of them need no look.
  static long unchecked_bytes;
  public static void CheckLarge(long bytes) {
    unchecked_bytes += bytes;
    if (unchecked_bytes < kFewBytes || unchecked_bytes < Limit / 16) return;
    unchecked_bytes = 0;
    if (GC.GetTotalMemory(false) + bytes >= Limit) MakeRoom(bytes);
  }

  public static void Watch() { new Watcher(); }

  // The program has ended, and the host runs the finalizers of all that is left.
  public static volatile bool is_over;

  // Collects; raises MemoryError if that does not help.
  static void MakeRoom(long bytes) {
    bool is_watched = !is_reached;
    is_reached = false;
    GC.Collect();
    bool is_full = GC.GetTotalMemory(false) + bytes >= Limit;
    if (is_full) {
      // Finalizers may let go of more.
      Memory.Collect();
      GC.Collect();
      is_full = GC.GetTotalMemory(false) + bytes >= Limit;
    }
    // Not before: until the next collection the handler of the error shall have what it needs.
    if (!is_watched) Watch();
    if (is_full) throw Memory.Exhausted();
  }

  // An object of no use: its finalizer runs after each collection, as it makes another one.
  sealed class Watcher {
    // How many collections can pass before the heap can be full.
    static long rest;

    ~Watcher() {
      if (is_over) return;
      if (--rest < 0) {
        long free = Limit - GC.GetTotalMemory(false);
        if (free <= 0) {
          is_reached = true;
          return;
        }
        // Far from what could fit, for owners with a larger nursery.
        rest = free / (16 * kNursery);
      }
      Watch();
    }
  }

  // ---- Who sets a limit: the user, Mono's own settings, the system for a process, the system for
  // this container or machine.

  static long FindLimit() {
    long least = kNone;
    foreach (string setting in
             (Environment.GetEnvironmentVariable("MONO_GC_PARAMS") ?? "").Split(',')) {
      const string key = "max-heap-size=";
      if (!setting.StartsWith(key)) continue;
      // Mono counts the room that blocks take, of which objects do not fill all.
      long size = ReadSize(setting.Substring(key.Length));
      least = size - size / 4 - kNursery;
    }
    long address_space = NumberAfter("Max address space", "/proc/self/limits");
    if (address_space != kNone) {
      long others = NumberAfter("VmSize:", "/proc/self/status") * 1024 - GC.GetTotalMemory(false);
      least = Math.Min(least, address_space - others - kProcessBytes);
    }
    long memory = NumberAfter("MemTotal:", "/proc/meminfo");
    if (memory != kNone) memory *= 1024;
    memory = Math.Min(memory, NumberAfter("", "/sys/fs/cgroup/memory.max"));
    memory = Math.Min(memory, NumberAfter("", "/sys/fs/cgroup/memory/memory.limit_in_bytes"));
    if (memory != kNone) least = Math.Min(least, memory - memory / 8 - kProcessBytes);
    least = Math.Max(least, kLeastBytes);
    long wanted = ReadSize(Environment.GetEnvironmentVariable("WEFT_GC_MAX"));
    return wanted != 0 ? Math.Min(least, wanted) : least;
  }

  const long kNone = long.MaxValue;

  // The number that stands behind a word in a file of the system; kNone if there is another word,
  // such as "max", or no such file. Not with System.IO, of which Mono would compile 300 methods.
  static long NumberAfter(string word, string path) {
    long file = Os.weft_os_open(Str.FromHost(path), 0);
    if (file < 0) return kNone;
    byte[] bytes = new byte[4096];
    long length = Os.weft_os_read(file, bytes, 0, bytes.Length);
    Os.weft_os_close(file);
    int at = Find(word, bytes, (int)length);
    while (at < length && (bytes[at] == ' ' || bytes[at] == '\t')) ++at;
    if (at >= length || bytes[at] < '0' || bytes[at] > '9') return kNone;
    long value = 0;
    for (; at < length && bytes[at] >= '0' && bytes[at] <= '9'; ++at) {
      value = 10 * value + bytes[at] - '0';
    }
    return value;
  }

  // Where a word ends; the end of the bytes if they do not have it.
  static int Find(string word, byte[] bytes, int length) {
    for (int start = 0; start + word.Length <= length; ++start) {
      int same = 0;
      while (same < word.Length && bytes[start + same] == word[same]) ++same;
      if (same == word.Length) return start + same;
    }
    return length;
  }

  // "64M" and the like; 0 for what is none.
  static long ReadSize(string text) {
    if (string.IsNullOrEmpty(text)) return 0;
    int shift = "KMG".IndexOf(char.ToUpperInvariant(text[text.Length - 1])) * 10 + 10;
    long value;
    return long.TryParse(shift == 0 ? text : text.Substring(0, text.Length - 1), out value)
               ? value << shift : 0;
  }
}

}
