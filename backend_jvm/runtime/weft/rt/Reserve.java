package weft.rt;

/**
 * Memory that is let go when the heap is full, so that handlers of MemoryError find some: the
 * report of an error needs strings. A heap that may become large is not full soon: there it is taken
 * when the first collection has shown that the program allocates. It is taken again after a
 * collection that has left enough. An object of no use waits for that: the host calls its finalizer
 * after a collection, on another thread, which may be late.
 */
final class Reserve {
  private static final int MIN_BYTES = 1 << 20;
  private static final int MAX_BYTES = 32 << 20;
  /** How many times as much has to be free. */
  private static final int ENOUGH = 4;
  /** So small a heap has it from the beginning. */
  private static final int SMALL_HEAP_BYTES = 256 << 20;

  /** What an array has besides its bytes, at most. */
  private static final int HEADER_BYTES = 64;

  private static volatile byte[] bytes;

  private Reserve() {}

  static void prepare() {
    if (Runtime.getRuntime().maxMemory() <= SMALL_HEAP_BYTES) {
      take();
    } else {
      new Reserve();
    }
  }

  static void release() {
    if (bytes == null) return;
    bytes = null;
    new Reserve();
  }

  @Override
  @SuppressWarnings({"deprecation", "removal"})
  protected void finalize() {
    take();
  }

  private static void take() {
    Runtime host = Runtime.getRuntime();
    // A whole region of G1's, which gives the program no less than that.
    long size = Long.highestOneBit(host.maxMemory() / 2048) * 2;
    size = Math.max(MIN_BYTES, Math.min(MAX_BYTES, size));
    long free = host.maxMemory() - host.totalMemory() + host.freeMemory();
    if (free >= ENOUGH * size) {
      bytes = new byte[(int) size - HEADER_BYTES];
    } else {
      new Reserve();
    }
  }
}
