package weft.rt;

/**
 * Reads and writes places: an object, and the number of a field or of an element's field. Arrays come
 * first, which are quickly told; that an object has an interface takes a search.
 */
public final class Places {
  /** Where the elements of arrays begin. */
  private static final int HEADER = 16;

  private Places() {}

  public static Error missing(long at) {
    return new IllegalAccessError("there is no field at " + at);
  }

  public static int getI(Object base, long at) {
    long rest = at - HEADER;
    if (base instanceof Item[]) {
      Item[] items = (Item[]) base;
      int i = items[0].index((int) rest);
      return items[i].getI(rest - i * items[0].size());
    }
    if (base instanceof int[]) return ((int[]) base)[(int) (rest >> 2)];
    if (base instanceof byte[]) return ((byte[]) base)[(int) rest];
    if (base instanceof short[]) return ((short[]) base)[(int) (rest >> 1)];
    if (base instanceof char[]) return ((char[]) base)[(int) (rest >> 1)];
    return ((Place) base).getI(at);
  }

  public static void setI(Object base, long at, int value) {
    long rest = at - HEADER;
    if (base instanceof Item[]) {
      Item[] items = (Item[]) base;
      int i = items[0].index((int) rest);
      items[i].setI(rest - i * items[0].size(), value);
    } else if (base instanceof int[]) {
      ((int[]) base)[(int) (rest >> 2)] = value;
    } else if (base instanceof byte[]) {
      ((byte[]) base)[(int) rest] = (byte) value;
    } else if (base instanceof short[]) {
      ((short[]) base)[(int) (rest >> 1)] = (short) value;
    } else if (base instanceof char[]) {
      ((char[]) base)[(int) (rest >> 1)] = (char) value;
    } else {
      ((Place) base).setI(at, value);
    }
  }

  public static long getJ(Object base, long at) {
    long rest = at - HEADER;
    if (base instanceof Item[]) {
      Item[] items = (Item[]) base;
      int i = items[0].index((int) rest);
      return items[i].getJ(rest - i * items[0].size());
    }
    if (base instanceof long[]) return ((long[]) base)[(int) (rest >> 3)];
    return ((Place) base).getJ(at);
  }

  public static void setJ(Object base, long at, long value) {
    long rest = at - HEADER;
    if (base instanceof Item[]) {
      Item[] items = (Item[]) base;
      int i = items[0].index((int) rest);
      items[i].setJ(rest - i * items[0].size(), value);
    } else if (base instanceof long[]) {
      ((long[]) base)[(int) (rest >> 3)] = value;
    } else {
      ((Place) base).setJ(at, value);
    }
  }

  public static float getF(Object base, long at) {
    long rest = at - HEADER;
    if (base instanceof Item[]) {
      Item[] items = (Item[]) base;
      int i = items[0].index((int) rest);
      return items[i].getF(rest - i * items[0].size());
    }
    if (base instanceof float[]) return ((float[]) base)[(int) (rest >> 2)];
    return ((Place) base).getF(at);
  }

  public static void setF(Object base, long at, float value) {
    long rest = at - HEADER;
    if (base instanceof Item[]) {
      Item[] items = (Item[]) base;
      int i = items[0].index((int) rest);
      items[i].setF(rest - i * items[0].size(), value);
    } else if (base instanceof float[]) {
      ((float[]) base)[(int) (rest >> 2)] = value;
    } else {
      ((Place) base).setF(at, value);
    }
  }

  public static double getD(Object base, long at) {
    long rest = at - HEADER;
    if (base instanceof Item[]) {
      Item[] items = (Item[]) base;
      int i = items[0].index((int) rest);
      return items[i].getD(rest - i * items[0].size());
    }
    if (base instanceof double[]) return ((double[]) base)[(int) (rest >> 3)];
    return ((Place) base).getD(at);
  }

  public static void setD(Object base, long at, double value) {
    long rest = at - HEADER;
    if (base instanceof Item[]) {
      Item[] items = (Item[]) base;
      int i = items[0].index((int) rest);
      items[i].setD(rest - i * items[0].size(), value);
    } else if (base instanceof double[]) {
      ((double[]) base)[(int) (rest >> 3)] = value;
    } else {
      ((Place) base).setD(at, value);
    }
  }

  public static Object getA(Object base, long at) {
    long rest = at - HEADER;
    if (base instanceof Item[]) {
      Item[] items = (Item[]) base;
      int i = items[0].index((int) rest);
      return items[i].getA(rest - i * items[0].size());
    }
    if (base instanceof Object[]) return ((Object[]) base)[(int) (rest >> 3)];
    return ((Place) base).getA(at);
  }

  public static void setA(Object base, long at, Object value) {
    long rest = at - HEADER;
    if (base instanceof Item[]) {
      Item[] items = (Item[]) base;
      int i = items[0].index((int) rest);
      items[i].setA(rest - i * items[0].size(), value);
    } else if (base instanceof Object[]) {
      ((Object[]) base)[(int) (rest >> 3)] = value;
    } else {
      ((Place) base).setA(at, value);
    }
  }
}
