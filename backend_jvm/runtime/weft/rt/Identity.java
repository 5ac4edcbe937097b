package weft.rt;

import java.util.IdentityHashMap;

/** Hashes that stay with an object for its life. */
public final class Identity {
  private static int state = 0x2545f491;

  /** Of frozen objects that keep none themselves; null when there are none. */
  private static IdentityHashMap<Object, Integer> frozen;

  private Identity() {}

  /** A new one, of 28 bits and never 0. */
  public static int next() {
    int s = state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    state = s;
    int hash = s >>> 4;
    return hash == 0 ? 1 : hash;
  }

  public static int hash(Object object) {
    if (object instanceof Hashed) return ((Hashed) object).hash$();
    if (frozen != null) {
      Integer hash = frozen.get(object);
      if (hash != null) return hash;
    }
    return System.identityHashCode(object);
  }

  static void set(Object object, int hash) {
    if (object instanceof Hashed) {
      ((Hashed) object).hash$(hash);
      return;
    }
    if (frozen == null) frozen = new IdentityHashMap<>();
    frozen.put(object, hash);
  }
}
