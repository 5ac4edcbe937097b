package weft;

import java.io.File;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Starts a program whose classes lie in one entry of the jar, and loads them from there. A class of
 * its own entry passes through a good deal of the JDK's code, which is interpreted at that time: for
 * the sixty classes of an interpreter that is a quarter of what it takes to start.
 *
 * <p>The entry: how many classes there are; where the first begins; of each the length of its name,
 * its name, in ASCII, and the number of its bytes; then the bytes of all, in that order.
 * MakeClassesEntry in backend_jvm/jar.cc writes it.
 */
public final class Main extends ClassLoader {
  private static final String ENTRY = "weft/classes";

  private final byte[] bytes;
  /** Where each class begins, and how long it is. */
  private final HashMap<String, int[]> places = new HashMap<>(512);

  private Main() throws Exception {
    super(Main.class.getClassLoader());
    // Not getResourceAsStream(): its URLs load classes that the JDK's own archive of classes lacks,
    // which takes as long as everything else here.
    File jar = new File(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (ZipFile file = new ZipFile(jar)) {
      ZipEntry entry = file.getEntry(ENTRY);
      bytes = new byte[(int) entry.getSize()];
      try (InputStream in = file.getInputStream(entry)) {
        in.readNBytes(bytes, 0, bytes.length);
      }
    }
    ByteBuffer index = ByteBuffer.wrap(bytes);
    int count = index.getInt();
    int start = index.getInt();
    while (count-- > 0) {
      int size = index.getInt();
      // One character for each byte: copied by the JVM, where other encodings are interpreted loops.
      String name = new String(bytes, index.position(), size, StandardCharsets.ISO_8859_1);
      index.position(index.position() + size);
      int length = index.getInt();
      places.put(name, new int[] {start, length});
      start += length;
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

  /** The bytes of a class. */
  @Override
  public InputStream getResourceAsStream(String name) {
    String ending = ".class";
    int[] place =
        name.endsWith(ending)
            ? places.get(name.substring(0, name.length() - ending.length()).replace('/', '.'))
            : null;
    if (place == null) return super.getResourceAsStream(name);
    return new java.io.ByteArrayInputStream(bytes, place[0], place[1]);
  }

  public static void main(String[] arguments) throws Exception {
    Class<?> program = new Main().loadClass("weft.Program", false);
    program.getMethod("main", String[].class).invoke(null, (Object) arguments);
  }
}
