package weft.rt;

import java.lang.ref.WeakReference;

/** A reference that does not keep its object alive. */
public class Weak {
  private WeakReference<Object> reference;
  /** A frozen object, which lives for ever. */
  private Object kept;

  public static Weak make(Object object, Weak weak) {
    weak.reference = new WeakReference<>(object);
    return weak;
  }

  public final void keep(Object object) {
    kept = object;
  }

  public final Object get() {
    return reference == null ? kept : reference.get();
  }
}
