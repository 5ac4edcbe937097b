package weft;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;

/**
 * Starts a program whose classes lie in one entry of the jar, and loads them from there. A class of
 * its own entry passes through a good deal of the JDK's code, which is interpreted at that time: for
 * the sixty classes of an interpreter that is a third of what it takes to start.
 *
 * <p>The entry: how many classes there are; of each its name and the number of its bytes; then the
 * bytes of all, in that order. MakeClassesEntry in backend_jvm/jar.cc writes it.
 */
public final class Main extends ClassLoader {
  private static final String ENTRY = "/weft/classes";

  private byte[] bytes;
  /** Where each class begins, and how long it is. */
  private final HashMap<String, int[]> places = new HashMap<>(512);

  private Main() throws IOException {
    super(Main.class.getClassLoader());
    try (InputStream entry = Main.class.getResourceAsStream(ENTRY);
        DataInputStream in = new DataInputStream(entry)) {
      int start = 0;
      for (int count = in.readInt(); count > 0; --count) {
        String name = in.readUTF();
        int length = in.readInt();
        places.put(name, new int[] {start, length});
        start += length;
      }
      bytes = in.readAllBytes();
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    int[] place = places.get(name);
    if (place == null) return super.loadClass(name, resolve);
    synchronized (this) {
      Class<?> known = findLoadedClass(name);
      return known != null ? known : defineClass(name, bytes, place[0], place[1]);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Class<?> program = new Main().loadClass("weft.Program", false);
    program.getMethod("main", String[].class).invoke(null, (Object) arguments);
  }
}
