package weft;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Starts a program whose classes lie in one entry of the jar, and loads them from there. A class of
 * its own entry passes through a good deal of the JDK's code, which is interpreted at that time: for
 * the sixty classes of an interpreter that is a quarter of what it takes to start.
 *
 * <p>The entry is a hash table, and its classes are compressed in pieces, so that little is done for
 * those that a start does not need: how many slots there are, a power of two, and how many pieces;
 * for each slot where its record begins, or 0; for each piece where it begins, its length here, and
 * its length when it is unpacked; the records; the pieces. A record says in which piece a class is,
 * where in it, how long, and its name, of ASCII, after the name's length. A class's slot is that of
 * its name's hash code, or the next free one. MakeClassesEntry in backend_jvm/jar.cc writes it.
 */
public final class Main extends ClassLoader {
  private static final String ENTRY = "weft/classes";

  // Of a record.
  private static final int START = 4;
  private static final int LENGTH = 8;
  private static final int NAME = 12;

  private final ByteBuffer in;
  private final int slotCount;
  private final byte[][] pieces;

  private Main() throws Exception {
    super(Main.class.getClassLoader());
    // Not getResourceAsStream(): its URLs load classes that the JDK's own archive of classes lacks,
    // which takes as long as everything else here.
    URL location = Main.class.getProtectionDomain().getCodeSource().getLocation();
    String path = location.getPath();
    if (path.indexOf('%') >= 0) path = new File(location.toURI()).getPath();
    try (ZipFile file = new ZipFile(path)) {
      ZipEntry entry = file.getEntry(ENTRY);
      byte[] bytes = new byte[(int) entry.getSize()];
      try (InputStream stream = file.getInputStream(entry)) {
        stream.readNBytes(bytes, 0, bytes.length);
      }
      in = ByteBuffer.wrap(bytes);
    }
    slotCount = in.getInt();
    pieces = new byte[in.getInt()][];
  }

  /** Where the record of a class begins; 0 for one that is not here. */
  @SuppressWarnings("deprecation")
  private int find(String name) {
    for (int slot = name.hashCode(); ; ++slot) {
      int record = in.getInt(8 + 4 * (slot & slotCount - 1));
      if (record == 0) return 0;
      // Of ASCII, which needs no decoder.
      String found = new String(in.array(), 0, record + NAME + 4, in.getInt(record + NAME));
      if (name.equals(found)) return record;
    }
  }

  private synchronized byte[] piece(int number) {
    if (pieces[number] == null) {
      int record = 8 + 4 * slotCount + 12 * number;
      Inflater inflater = new Inflater(true);
      inflater.setInput(in.array(), in.getInt(record), in.getInt(record + 4));
      byte[] piece = new byte[in.getInt(record + 8)];
      try {
        inflater.inflate(piece);
      } catch (DataFormatException error) {
        throw new LinkageError(ENTRY, error);
      }
      inflater.end();
      pieces[number] = piece;
    }
    return pieces[number];
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    int record = find(name);
    if (record == 0) return super.loadClass(name, resolve);
    synchronized (this) {
      Class<?> known = findLoadedClass(name);
      if (known != null) return known;
      int start = in.getInt(record + START);
      return defineClass(name, piece(in.getInt(record)), start, in.getInt(record + LENGTH));
    }
  }

  /** The bytes of a class. */
  @Override
  public InputStream getResourceAsStream(String name) {
    String ending = ".class";
    int record =
        name.endsWith(ending)
            ? find(name.substring(0, name.length() - ending.length()).replace('/', '.'))
            : 0;
    if (record == 0) return super.getResourceAsStream(name);
    int start = in.getInt(record + START);
    return new ByteArrayInputStream(piece(in.getInt(record)), start, in.getInt(record + LENGTH));
  }

  public static void main(String[] arguments) throws Exception {
    Class<?> program = new Main().loadClass("weft.Program", false);
    program.getMethod("main", String[].class).invoke(null, (Object) arguments);
  }
}
