/**
 * Arrays of values on the JVM: an object for each element, or an array for each field. Prints
 * nanoseconds for each step of three ways to use them, those of interpreters:
 *
 *     javac -d /tmp tests/bench/value_arrays/ValueArrays.java && java -cp /tmp ValueArrays
 */
public final class ValueArrays {
  private static final int STEPS = 50_000_000;

  /** What a call keeps; what a dictionary has; what a place in a program knows of a property. */
  private static final class Frame {
    Object closure;
    int next;
    int base;
  }

  private static final class Entry {
    long hash;
    Object key;
    Object value;
  }

  private static final class Site {
    Object name;
    Object shape;
    int slot;
    Object grown;
    Object method;
  }

  private static long framesOfObjects(Frame[] frames, Object closure) {
    long sum = 0;
    int top = 0;
    for (int i = 0; i < STEPS; ++i) {
      if ((i & 7) < 4) {
        Frame frame = frames[top++];
        frame.closure = closure;
        frame.next = i;
        frame.base = top;
      } else {
        Frame frame = frames[--top];
        sum += frame.next + frame.base;
        if (frame.closure == null) return sum;
      }
    }
    return sum;
  }

  private static long framesOfFields(Object[] closures, int[] nexts, int[] bases, Object closure) {
    long sum = 0;
    int top = 0;
    for (int i = 0; i < STEPS; ++i) {
      if ((i & 7) < 4) {
        closures[top] = closure;
        nexts[top] = i;
        bases[top] = top + 1;
        top++;
      } else {
        top--;
        sum += nexts[top] + bases[top];
        if (closures[top] == null) return sum;
      }
    }
    return sum;
  }

  private static long entriesOfObjects(Entry[] entries, Object[] keys) {
    long sum = 0;
    int at = 1;
    for (int i = 0; i < STEPS; ++i) {
      at = at * 1664525 + 1013904223;
      int index = at >>> 16 & entries.length - 1;
      Entry entry = entries[index];
      if (entry.hash == index && entry.key == keys[index] && entry.value != null) sum++;
    }
    return sum;
  }

  private static long entriesOfFields(
      long[] hashes, Object[] entryKeys, Object[] values, Object[] keys) {
    long sum = 0;
    int at = 1;
    for (int i = 0; i < STEPS; ++i) {
      at = at * 1664525 + 1013904223;
      int index = at >>> 16 & hashes.length - 1;
      if (hashes[index] == index && entryKeys[index] == keys[index] && values[index] != null) sum++;
    }
    return sum;
  }

  private static long sitesOfObjects(Site[] sites, Object shape) {
    long sum = 0;
    for (int i = 0; i < STEPS; ++i) {
      Site site = sites[i & 15];
      if (site.shape == shape && site.grown == null) sum += site.slot;
    }
    return sum;
  }

  private static long sitesOfFields(Object[] shapes, Object[] grown, int[] slots, Object shape) {
    long sum = 0;
    for (int i = 0; i < STEPS; ++i) {
      int site = i & 15;
      if (shapes[site] == shape && grown[site] == null) sum += slots[site];
    }
    return sum;
  }

  private static long sum;

  private interface Run {
    long run();
  }

  private static double nanoseconds(Run run) {
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 5; ++i) {
      long start = System.nanoTime();
      sum += run.run();
      best = Math.min(best, (double) (System.nanoTime() - start) / STEPS);
    }
    return best;
  }

  private static void report(String what, Run objects, Run fields) {
    double first = nanoseconds(objects);
    System.out.printf("%-8s objects %.2f ns, fields %.2f ns%n", what, first, nanoseconds(fields));
  }

  public static void main(String[] arguments) {
    Object object = new Object();
    Frame[] frames = new Frame[64];
    for (int i = 0; i < 64; ++i) frames[i] = new Frame();
    Object[] closures = new Object[64];
    int[] nexts = new int[64];
    int[] bases = new int[64];
    report(
        "frames",
        () -> framesOfObjects(frames, object),
        () -> framesOfFields(closures, nexts, bases, object));
    for (int size : new int[] {1 << 6, 1 << 16}) {
      Entry[] entries = new Entry[size];
      Object[] keys = new Object[size];
      long[] hashes = new long[size];
      Object[] values = new Object[size];
      for (int i = 0; i < size; ++i) {
        keys[i] = new Object();
        entries[i] = new Entry();
        entries[i].key = keys[i];
        entries[i].value = object;
        entries[i].hash = i;
        hashes[i] = i;
        values[i] = object;
      }
      Object[] entryKeys = keys.clone();
      report(
          "entries",
          () -> entriesOfObjects(entries, keys),
          () -> entriesOfFields(hashes, entryKeys, values, keys));
    }
    Site[] sites = new Site[16];
    Object[] shapes = new Object[16];
    int[] slots = new int[16];
    Object[] grown = new Object[16];
    for (int i = 0; i < 16; ++i) {
      sites[i] = new Site();
      sites[i].shape = object;
      sites[i].slot = i;
      shapes[i] = object;
      slots[i] = i;
    }
    report(
        "sites",
        () -> sitesOfObjects(sites, object),
        () -> sitesOfFields(shapes, grown, slots, object));
    if (sum == 0) System.out.println("nothing was done");
  }
}
