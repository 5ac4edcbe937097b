using System;

namespace Weft {

// Reads the objects that the program starts with from an image in its file.
//
// Whole numbers stand in groups of seven bits, the lowest first, with a bit that says that more
// follow; signed ones with their sign in the lowest bit. First come the objects: the number of
// all, and for each kind of object its number plus 1, how many there are, and for arrays and
// strings their lengths; 0 ends them. Then what is in them, in the same order, and last the identity
// hashes that were asked for at translation time. A reference is the number of an object plus 1.
public sealed class Heap {
  public object[] objects;

  readonly byte[] data;
  int at;

  Heap(byte[] data) { this.data = data; }

  public static void Load(Program program) {
    Heap heap = new Heap(program.Image());
    heap.Read(program);
    program.SetUp(heap);
  }

  void Read(Program program) {
    objects = new object[Length()];
    int next = 0;
    int start = at;
    for (int kind = Length(); kind != 0; kind = Length()) {
      for (int count = Length(); count > 0; --count) {
        objects[next++] = program.MakeObject(kind - 1, this);
      }
    }
    int contents = at;
    // Once more over the kinds, to know what is filled.
    int kinds = start;
    next = 0;
    while (true) {
      at = kinds;
      int kind = Length();
      if (kind == 0) break;
      int count = Length();
      for (int i = 0; i < count; ++i) {
        if (program.HasLength(kind - 1)) Length();
      }
      kinds = at;
      at = contents;
      for (int i = 0; i < count; ++i) program.FillObject(kind - 1, objects[next++], this);
      contents = at;
    }
    at = contents;
    for (int count = Length(); count > 0; --count) {
      object target = objects[Length()];
      program.SetIdentityHash(target, Length());
    }
  }

  // ---- What a program asks for while it makes and fills objects.

  public int Length() {
    int value = 0;
    for (int shift = 0;; shift += 7) {
      byte part = data[at++];
      value |= (part & 0x7f) << shift;
      if (part < 0x80) return value;
    }
  }

  public long Number() {
    ulong value = 0;
    for (int shift = 0;; shift += 7) {
      byte part = data[at++];
      value |= (ulong)(part & 0x7f) << shift;
      if (part < 0x80) break;
    }
    return (long)(value >> 1) ^ -(long)(value & 1);
  }

  public double Float64() {
    at += 8;
    return BitConverter.Int64BitsToDouble(BitConverter.ToInt64(data, at - 8));
  }

  public float Float32() {
    at += 4;
    return BitConverter.ToSingle(data, at - 4);
  }

  public object Reference() {
    int number = Length();
    return number == 0 ? null : objects[number - 1];
  }

  // Some of the objects, which are strings.
  public Str[] Strings(int first, int count) {
    Str[] strings = new Str[count];
    for (int i = 0; i < count; ++i) strings[i] = (Str)objects[first + i];
    return strings;
  }

  public Str MakeString() { return new Str(new byte[Length()]); }

  public void FillString(object target) {
    byte[] bytes = ((Str)target).bytes;
    Buffer.BlockCopy(data, at, bytes, 0, bytes.Length);
    at += bytes.Length;
  }
}

}
