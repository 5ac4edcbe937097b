package weft.rt;

/** An object of a class with a finalizer. */
public interface Finalizable {
  void finalizer$();
}
