// A C# program that uses what tests/battery/exported_functions.cc exports.
using System;

static class Embedding {
  static void Main() {
    Console.OutputEncoding = new System.Text.UTF8Encoding(false);
    Console.WriteLine(Exports.count_up(40));
    Console.WriteLine(Exports.count_up(2));
    Console.WriteLine(Exports.greet("Grüße", true));
    Console.WriteLine(Exports.greet(null, false));
    object counter = Exports.make_counter();
    Console.WriteLine(Exports.sum(counter, new double[] {0.5, 0.25}));
    int[] squares = Exports.squares(5);
    Console.WriteLine(squares.Length + " " + squares[4]);
    try {
      Exports.squares(-1);
    } catch (Exception error) {
      Console.WriteLine(error.GetType().FullName.Replace("\\", "") + ": " + error.Message);
    }
  }
}
