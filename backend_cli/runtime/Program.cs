using System;

namespace Weft {

// What the run time asks of a program: a generated class derives from this one.
public abstract class Program {
  // The name of the program's file.
  public abstract string Name();
  // The program's entry; the arguments are strings, the program's name first.
  public abstract int Entry(Str[] arguments);
  // The prebuilt exceptions of dsl/exception.h.
  public abstract Exception MemoryError();
  public abstract Exception StackOverflowError();
  // Whether an exception is one of the program's own, and the text of such a one.
  public abstract bool IsOwn(Exception exception);
  public abstract Str Message(Exception exception);
  // Runs the finalizer of an object that has one.
  public abstract void RunFinalizer(object target);

  // ---- The frozen heap, by numbers of kinds that the program has given.

  // The bytes that Heap reads.
  public abstract byte[] Image();
  // An object, all zero; the heap gives the length of one that has a length.
  public abstract object MakeObject(int kind, Heap heap);
  public abstract bool HasLength(int kind);
  public abstract void FillObject(int kind, object target, Heap heap);
  public abstract void SetIdentityHash(object target, int hash);
  // Puts what code refers to where the code finds it.
  public abstract void SetUp(Heap heap);
}

}
