// A Java program that uses what tests/battery/exported_functions.cc exports.
final class Embedding {
  public static void main(String[] args) {
    System.out.println(weft.Program.count_up(40));
    System.out.println(weft.Program.count_up(2));
    System.out.println(weft.Program.greet("Grüße", true));
    System.out.println(weft.Program.greet(null, false));
    var counter = weft.Program.make_counter();
    System.out.println(weft.Program.sum(counter, new double[] {0.5, 0.25}));
    int[] squares = weft.Program.squares(5);
    System.out.println(squares.length + " " + squares[4]);
    try {
      weft.Program.squares(-1);
    } catch (RuntimeException error) {
      System.out.println(error);
    }
  }
}
