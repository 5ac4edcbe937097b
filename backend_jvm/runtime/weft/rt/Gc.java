package weft.rt;

import java.util.concurrent.ConcurrentLinkedQueue;

/** The collector as the program sees it. Finalizers run on the program's own thread. */
public final class Gc {
  private static final ConcurrentLinkedQueue<Finalizable> due = new ConcurrentLinkedQueue<>();
  private static boolean running;

  private Gc() {}

  /** Called by the host's thread when an object with a finalizer is dead. */
  public static void enqueue(Object object) {
    due.add((Finalizable) object);
  }

  /** Called when an object with a finalizer has been made: a good time to run those that are due. */
  public static void finalizable(Object object) {
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
    System.runFinalization();
    runDue();
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
