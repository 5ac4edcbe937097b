package weft.rt;

/** An object that keeps its identity hash itself. */
public interface Hashed {
  int hash$();

  void hash$(int hash);
}
