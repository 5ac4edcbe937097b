package weft.rt;

import java.util.concurrent.ConcurrentLinkedQueue;

/** The collector as the program sees it. Finalizers run on the program's own thread. */
public final class Gc {
  private static final ConcurrentLinkedQueue<Finalizable> due = new ConcurrentLinkedQueue<>();
  private static boolean running;
  private static boolean hasFinalizable;

  /** An object of no use: when its finalizer has run, those of an earlier collection are known. */
  private static final class Sentinel {
    static volatile int finalized;

    @Override
    @SuppressWarnings({"deprecation", "removal"})
    protected void finalize() {
      finalized++;
    }
  }

  private Gc() {}

  /** Called by the host's thread when an object with a finalizer is dead. */
  public static void enqueue(Object object) {
    due.add((Finalizable) object);
  }

  /** Called when an object with a finalizer has been made: a good time to run those that are due. */
  public static void finalizable(Object object) {
    hasFinalizable = true;
    if (!due.isEmpty()) runDue();
  }

  private static void runDue() {
    if (running) return;
    running = true;
    try {
      for (Finalizable object = due.poll(); object != null; object = due.poll()) {
        object.finalizer$();
      }
    } finally {
      running = false;
    }
  }

  public static void collect() {
    Results.clear();
    System.gc();
    if (!hasFinalizable) return;
    awaitDead();
    System.runFinalization();
    runDue();
  }

  /**
   * Waits until the dead objects of the last collection are in the host's list of those to finalize.
   * A thread of the host's puts them there, all of one collection before the first of the next.
   */
  private static void awaitDead() {
    int before = Sentinel.finalized;
    leaveSentinel();
    for (int turn = 0; turn < 100 && Sentinel.finalized == before; turn++) {
      if (turn % 20 == 0) System.gc();
      System.runFinalization();
      try {
        Thread.sleep(turn / 4);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void leaveSentinel() {
    new Sentinel();
  }

  public static long stat(int which) {
    Runtime runtime = Runtime.getRuntime();
    switch (which) {
      case 0:
        long count = 0;
        for (java.lang.management.GarbageCollectorMXBean bean :
            java.lang.management.ManagementFactory.getGarbageCollectorMXBeans()) {
          count += Math.max(0, bean.getCollectionCount());
        }
        return count;
      case 1:
        return runtime.totalMemory() - runtime.freeMemory();
      case 2:
        return ((com.sun.management.ThreadMXBean)
                java.lang.management.ManagementFactory.getThreadMXBean())
            .getThreadAllocatedBytes(Thread.currentThread().getId());
      default:
        return 0;
    }
  }
}
