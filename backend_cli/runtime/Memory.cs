using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Weft {

// Allocation, as far as it is more than the host's `newobj`: what does not fit raises MemoryError,
// and finalizers run on the thread of the program.
public static class Memory {
  // Arrays from this length on are made with care.
  const long kLarge = 512;

  // An array, all zero.
  public static T[] NewArray<T>(long length) {
    if ((ulong)length >= kLarge) return NewLargeArray<T>(length);
    HeapLimit.Check();
    return new T[(int)length];
  }

  static T[] NewLargeArray<T>(long length) {
    // 2 GB are the most that an array may have on some hosts, whatever its items.
    if ((ulong)length > 0x7fffffc7UL) throw Exhausted();
    HeapLimit.CheckLarge(length * (typeof(T).IsPrimitive ? Buffer.ByteLength(new T[1]) : 8));
    try {
      return new T[(int)length];
    } catch (OutOfMemoryException) {
      throw Exhausted();
    } catch (OverflowException) {
      throw Exhausted();
    }
  }

  public static Exception Exhausted() {
    Failures.Forget();
    return Startup.program.MemoryError();
  }

  // The ranges may overlap; an empty one may be of no array at all.
  public static void CopyItems<T>(T[] to, long to_start, T[] from, long from_start, long count) {
    if (count > 0) Array.Copy(from, (int)from_start, to, (int)to_start, (int)count);
  }

  // ---- Identity.

  // The hashes of objects that have no field for one, and that were asked at translation time.
  static ConditionalWeakTable<object, object> frozen_hashes;

  public static void SetFrozenHash(object target, long hash) {
    if (frozen_hashes == null) frozen_hashes = new ConditionalWeakTable<object, object>();
    frozen_hashes.Add(target, hash);
  }

  public static long IdentityHash(object target) {
    object known;
    if (frozen_hashes != null && frozen_hashes.TryGetValue(target, out known)) return (long)known;
    return RuntimeHelpers.GetHashCode(target) & 0xfffffff;
  }

  // For classes with a field for it: the next one of a sequence in which all bits change.
  static uint next_hash = 0x2545f491;
  public static int NewIdentityHash() {
    do {
      next_hash = next_hash * 1664525 + 1013904223;
    } while (next_hash >> 4 == 0);
    return (int)(next_hash >> 4);
  }

  // ---- Finalizers. The host's finalizer thread only notes the objects; the program's own thread
  // runs what is due when it allocates another such object or asks for a collection.

  static readonly List<object> due = new List<object>();
  static volatile bool any_due;
  static bool is_finalizing;

  // Called by the host's finalizer of each object that has one.
  public static void Finalizable(object target) {
    lock (due) {
      due.Add(target);
      any_due = true;
    }
  }

  public static void RunFinalizers() {
    if (!any_due || is_finalizing) return;
    is_finalizing = true;
    try {
      while (true) {
        object target;
        lock (due) {
          if (due.Count == 0) {
            any_due = false;
            return;
          }
          target = due[0];
          due.RemoveAt(0);
        }
        Startup.program.RunFinalizer(target);
      }
    } finally {
      is_finalizing = false;
    }
  }

  public static void Collect() {
    GC.Collect();
    GC.WaitForPendingFinalizers();
    RunFinalizers();
  }

  // See dsl/gc.h. The host does not say how many bytes it ever allocated; what is in use stands
  // for it, and never goes down.
  static long most_in_use;
  public static long Stat(int which) {
    if (which == 0) {
      // Some hosts count each generation by itself.
      long count = 0;
      for (int i = 0; i <= GC.MaxGeneration; ++i) count += GC.CollectionCount(i);
      return count;
    }
    long in_use = GC.GetTotalMemory(false);
    if (which == 1) return in_use;
    if (in_use > most_in_use) most_in_use = in_use;
    return most_in_use;
  }
}

}
