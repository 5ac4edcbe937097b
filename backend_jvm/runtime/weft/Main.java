package weft;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Starts a program whose classes lie in one entry of the jar, and loads them from there. A class of
 * its own entry passes through a good deal of the JDK's code, which is interpreted at that time: for
 * the sixty classes of an interpreter that is a quarter of what it takes to start.
 *
 * <p>The entry is a hash table, and its classes lie in pieces, so that little is done for those that
 * a start does not need: how many slots there are, a power of two, and how many pieces; for each
 * slot where its record begins, or 0; for each piece where it begins, its length here, and its
 * length when it is unpacked, which is the same for one that is not compressed; the records; the
 * pieces. A record says in which piece a class is, where in it, how long, and its name, of ASCII,
 * after the name's length. A class's slot is that of its name's hash code, or the next free one.
 * MakeClassesEntry in backend_jvm/jar.cc writes it.
 */
public final class Main extends ClassLoader {
  private static final String ENTRY = "weft/classes";

  // Of a record.
  private static final int START = 4;
  private static final int LENGTH = 8;
  private static final int HASH = 12;
  private static final int NAME = 16;

  // Of archives: where the last entry's record in the directory says how it is compressed, how long
  // its name is and, in the same four bytes, that nothing follows it, where its header begins, and
  // where its name stands.
  private static final int METHOD = 10;
  private static final int NAME_LENGTH = 28;
  private static final int OFFSET = 42;
  private static final int FILE_NAME = 46;

  /** How long the record behind the directory is, and the header in front of an entry's name. */
  private static final int END_RECORD = 22;

  private static final int HEADER = 30;
  private static final int EXTRA_LENGTH = 28;

  /** What the JDK reads at once without taking memory for it. */
  private static final int CHUNK = 8192;

  /** Where the entry is, and where it begins there; a null file if the whole entry is at hand. */
  private RandomAccessFile file;

  private long offset;

  /** The entry, at least up to the first piece. */
  private final byte[] index;

  private final int slotCount;
  private final byte[][] pieces;
  private final Inflater inflater = new Inflater(true);

  private Main() throws Exception {
    super(Main.class.getClassLoader());
    if (open(System.getProperty("java.class.path"))) {
      ByteBuffer counts = ByteBuffer.wrap(read(0, 8));
      int firstPiece = 8 + 4 * counts.getInt(0);
      index = read(0, ByteBuffer.wrap(read(firstPiece, 4)).getInt());
    } else {
      index = readEntry();
    }
    slotCount = u4(0);
    pieces = new byte[u4(4)][];
  }

  /**
   * Opens the entry in an archive as Weft makes them: the last one, not compressed. False for another
   * archive. ZipFile would first have to see whether it is one that the JVM has open.
   */
  @SuppressWarnings("deprecation")
  private boolean open(String path) {
    try {
      file = new RandomAccessFile(path, "r");
      int name = ENTRY.length();
      byte[] end = new byte[FILE_NAME + name + END_RECORD];
      file.seek(file.length() - end.length);
      file.readFully(end);
      ByteBuffer record = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN);
      boolean isEntry =
          record.getInt(0) == 0x02014b50
              && record.getInt(FILE_NAME + name) == 0x06054b50
              && record.getShort(METHOD) == ZipEntry.STORED
              && record.getInt(NAME_LENGTH) == name
              && ENTRY.equals(new String(end, 0, FILE_NAME, name));
      int header = record.getInt(OFFSET);
      file.seek(header);
      file.readFully(end, 0, HEADER);
      offset = header + HEADER + name;
      if (isEntry && record.getShort(EXTRA_LENGTH) == 0) return true;
    } catch (Exception error) {
      // Another archive, or several. Not IOException, here and below: the JVM would have to load it,
      // to verify this.
    }
    // Its cleaner closes it.
    file = null;
    return false;
  }

  private byte[] readEntry() throws Exception {
    // Not getResourceAsStream(): its URLs load classes that the JDK's own archive of classes lacks,
    // which takes as long as everything else here.
    URL location = Main.class.getProtectionDomain().getCodeSource().getLocation();
    String path = location.getPath();
    if (path.indexOf('%') >= 0) path = new File(location.toURI()).getPath();
    try (ZipFile archive = new ZipFile(path)) {
      ZipEntry entry = archive.getEntry(ENTRY);
      byte[] bytes = new byte[(int) entry.getSize()];
      try (InputStream stream = archive.getInputStream(entry)) {
        stream.readNBytes(bytes, 0, bytes.length);
      }
      return bytes;
    }
  }

  /** A number in the index. Not by ByteBuffer: to interpret that takes ten times as long. */
  private int u4(int at) {
    byte[] index = this.index;
    return index[at] << 24
        | (index[at + 1] & 255) << 16
        | (index[at + 2] & 255) << 8
        | index[at + 3] & 255;
  }

  /** Bytes of the entry. */
  private byte[] read(int start, int length) throws Exception {
    if (file == null) return Arrays.copyOfRange(index, start, start + length);
    byte[] bytes = new byte[length];
    file.seek(offset + start);
    for (int at = 0; at < length; ) {
      int count = file.read(bytes, at, Math.min(CHUNK, length - at));
      if (count <= 0) throw new LinkageError(ENTRY + " ends early");
      at += count;
    }
    return bytes;
  }

  /** Where the record of a class begins; 0 for one that is not here. */
  @SuppressWarnings("deprecation")
  private int find(String name) {
    int hash = name.hashCode();
    for (int slot = hash; ; ++slot) {
      int record = u4(8 + 4 * (slot & slotCount - 1));
      if (record == 0) return 0;
      if (u4(record + HASH) != hash) continue;
      // Of ASCII, which needs no decoder.
      String found = new String(index, 0, record + NAME + 4, u4(record + NAME));
      if (name.equals(found)) return record;
    }
  }

  private synchronized byte[] piece(int number) {
    if (pieces[number] == null) {
      int record = 8 + 4 * slotCount + 12 * number;
      int size = u4(record + 8);
      try {
        byte[] packed = read(u4(record), u4(record + 4));
        pieces[number] = packed.length == size ? packed : unpack(packed, size);
      } catch (Exception error) {
        throw new LinkageError(ENTRY, error);
      }
    }
    return pieces[number];
  }

  private byte[] unpack(byte[] packed, int size) throws Exception {
    byte[] bytes = new byte[size];
    inflater.reset();
    inflater.setInput(packed);
    inflater.inflate(bytes);
    return bytes;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    int record = find(name);
    if (record == 0) return super.loadClass(name, resolve);
    synchronized (this) {
      Class<?> known = findLoadedClass(name);
      if (known != null) return known;
      int start = u4(record + START);
      return defineClass(name, piece(u4(record)), start, u4(record + LENGTH));
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
    int start = u4(record + START);
    return new ByteArrayInputStream(piece(u4(record)), start, u4(record + LENGTH));
  }

  public static void main(String[] arguments) throws Exception {
    Class<?> program = new Main().loadClass("weft.Program", false);
    program.getMethod("main", String[].class).invoke(null, (Object) arguments);
  }
}
