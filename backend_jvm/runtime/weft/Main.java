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
 * a start does not need: how many slots there are, a power of two, how many pieces, and how many
 * classes a start needs first; for each slot where its record begins, or 0; for each piece where it
 * begins, its length here, and its length when it is unpacked, which is the same for one that is not
 * compressed; the records of the classes that a start needs first; the records; the pieces. A record
 * says in which piece a class is, where in it, how long, its name's hash code, and its name, of
 * ASCII, after the name's length. A class's slot is that of the hash code, or the next free one.
 * MakeClassesEntry in backend_jvm/jar.cc writes it.
 *
 * <p>While the program begins, on a thread of its own, this one loads the classes that it is about
 * to need.
 */
public final class Main extends ClassLoader {
  private static final String ENTRY = "weft/classes";

  /** Of the program; its class weft.Start takes them. */
  public static String[] arguments;

  // Of the entry: where the slots begin.
  private static final int SLOTS = 12;

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
  /** One for each slot: two threads may load two classes at a time, but not the same one. */
  private final Object[] locks;

  private final ClassLoader parent;
  private final Inflater inflater = new Inflater(true);

  static {
    registerAsParallelCapable();
  }

  private Main() throws Exception {
    super(Main.class.getClassLoader());
    parent = Main.class.getClassLoader();
    if (open(System.getProperty("java.class.path"))) {
      int firstPiece = SLOTS + 4 * ByteBuffer.wrap(read(0, 4)).getInt();
      index = read(0, ByteBuffer.wrap(read(firstPiece, 4)).getInt());
    } else {
      index = readEntry();
    }
    slotCount = u4(0);
    pieces = new byte[u4(4)][];
    locks = new Object[slotCount];
    for (int i = 0; i < slotCount; ++i) locks[i] = new Object();
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

  /** The slot of a class; -1 for one that is not here. */
  private int find(String name) {
    int hash = name.hashCode();
    for (int slot = hash & slotCount - 1; ; slot = slot + 1 & slotCount - 1) {
      int record = u4(SLOTS + 4 * slot);
      if (record == 0) return -1;
      if (u4(record + HASH) == hash && name.equals(nameAt(record))) return slot;
    }
  }

  /** Of ASCII, which needs no decoder. */
  @SuppressWarnings("deprecation")
  private String nameAt(int record) {
    return new String(index, 0, record + NAME + 4, u4(record + NAME));
  }

  private synchronized byte[] piece(int number) {
    if (pieces[number] == null) {
      int record = SLOTS + 4 * slotCount + 12 * number;
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
    int slot = find(name);
    if (slot < 0) return parent.loadClass(name);
    synchronized (locks[slot]) {
      Class<?> known = findLoadedClass(name);
      if (known != null) return known;
      int record = u4(SLOTS + 4 * slot);
      // Without its name, in which the JDK would look for slashes and signers.
      return defineClass(null, piece(u4(record)), u4(record + START), u4(record + LENGTH));
    }
  }

  /** The bytes of a class. */
  @Override
  public InputStream getResourceAsStream(String name) {
    String ending = ".class";
    int slot =
        name.endsWith(ending)
            ? find(name.substring(0, name.length() - ending.length()).replace('/', '.'))
            : -1;
    if (slot < 0) return super.getResourceAsStream(name);
    int record = u4(SLOTS + 4 * slot);
    return new ByteArrayInputStream(piece(u4(record)), u4(record + START), u4(record + LENGTH));
  }

  private void loadFirst() {
    int first = SLOTS + 4 * slotCount + 12 * pieces.length;
    try {
      for (int i = 0; i < u4(8); ++i) loadClass(nameAt(u4(first + 4 * i)), false);
    } catch (Throwable error) {
      // Whoever needs the class will hear of it.
    }
  }

  public static void main(String[] arguments) throws Exception {
    Main.arguments = arguments;
    Main loader = new Main();
    Class.forName("weft.Start", true, loader);
    if (Runtime.getRuntime().availableProcessors() > 1) loader.loadFirst();
  }
}
