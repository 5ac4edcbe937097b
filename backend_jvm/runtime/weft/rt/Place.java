package weft.rt;

/** An object whose fields can be reached by number: the offset that they have in the low-level graphs. */
public interface Place {
  default int getI(long at) {
    throw Places.missing(at);
  }

  default void setI(long at, int value) {
    throw Places.missing(at);
  }

  default long getJ(long at) {
    throw Places.missing(at);
  }

  default void setJ(long at, long value) {
    throw Places.missing(at);
  }

  default float getF(long at) {
    throw Places.missing(at);
  }

  default void setF(long at, float value) {
    throw Places.missing(at);
  }

  default double getD(long at) {
    throw Places.missing(at);
  }

  default void setD(long at, double value) {
    throw Places.missing(at);
  }

  default Object getA(long at) {
    throw Places.missing(at);
  }

  default void setA(long at, Object value) {
    throw Places.missing(at);
  }
}
