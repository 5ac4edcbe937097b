using System;

namespace Weft {

// How much memory the heap may take. Mono ends the process when it finds no room for an object, so
// that a program that is to get MemoryError has to ask before it comes to that: what allocates counts,
// and once in a while sees whether there was a collection, and how full the heap is after it.
public static class HeapLimit {
  // Mono's nursery, if its owner has not asked for another one: what is allocated between two
  // collections.
  const long kNursery = 4 << 20;
  // How much less than the limit of a whole process is for the heap.
  const long kProcessBytes = 96 << 20;
  // What the heap gets in any case, unless the user says less.
  const long kLeastBytes = 16 << 20;
  const long kFewBytes = 1 << 20;

  // In bytes; 0 when nobody has asked for it yet.
  static long limit;
  static long Limit {
    get { return limit != 0 ? limit : limit = FindLimit(); }
  }

  // Allocations since the last look, and how many there are to the next: less than a nursery.
  static int count;
  const int kInterval = 1024;

  // Called where something small is allocated.
  public static void Check() {
    if (IsDue()) Look();
  }

  public static bool IsDue() { return ++count >= kInterval; }

  // Where a handler waits for the exception, that is the result; null if there is room.
  public static Exception TryLook() {
    try {
      Look();
      return null;
    } catch (Exception exception) {
      return exception;
    }
  }

  // The number of the collection after which the heap can be full.
  static int next_collection;

  static void Look() {
    count = 0;
    if (GC.CollectionCount(0) < next_collection) return;
    long free = Limit - GC.GetTotalMemory(false);
    // A few less, for owners with a larger nursery.
    next_collection = GC.CollectionCount(0) + 1 + (int)(Math.Max(free, 0) / (16 * kNursery));
    if (free <= 0) MakeRoom(0);
  }

  // Called for arrays of some size, whose bytes the host counts at once. Few of them need no look.
  static long unchecked_bytes;
  public static void CheckLarge(long bytes) {
    unchecked_bytes += bytes;
    if (unchecked_bytes < kFewBytes || unchecked_bytes < Limit / 16) return;
    unchecked_bytes = 0;
    if (GC.GetTotalMemory(false) + bytes >= Limit) MakeRoom(bytes);
  }

  // Collects; raises MemoryError if that does not help.
  static void MakeRoom(long bytes) {
    GC.Collect();
    if (GC.GetTotalMemory(false) + bytes < Limit) return;
    // Finalizers may let go of more.
    Memory.Collect();
    GC.Collect();
    if (GC.GetTotalMemory(false) + bytes < Limit) return;
    // Until the next collection the handler of the error shall have what it needs.
    next_collection = GC.CollectionCount(0) + 1;
    throw Memory.Exhausted();
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
      if (size != kNone) least = size - size / 4 - kNursery;
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
    return Math.Min(least, ReadSize(Environment.GetEnvironmentVariable(kVariable)));
  }

  const string kVariable = "WEFT_GC_MAX";

  // What is wrong with what the user says; null if nothing is.
  public static string SettingError() {
    string text = Environment.GetEnvironmentVariable(kVariable);
    if (string.IsNullOrEmpty(text)) return null;
    long size = ReadSize(text);
    if (size != kNone && size > 0) return null;
    return kVariable + "=" + text + ": expected a size such as 500K, 64M or 2G";
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

  // "64M" and the like; kNone for what is none, or too large.
  static long ReadSize(string text) {
    if (string.IsNullOrEmpty(text)) return kNone;
    int shift = "KMG".IndexOf(char.ToUpperInvariant(text[text.Length - 1])) * 10 + 10;
    int digits = shift == 0 ? text.Length : text.Length - 1;
    long value = 0;
    for (int i = 0; i < digits; ++i) {
      if (text[i] < '0' || text[i] > '9' || value > (kNone >> 4)) return kNone;
      value = 10 * value + text[i] - '0';
    }
    return digits == 0 || value > (kNone >> shift) ? kNone : value << shift;
  }
}

}
