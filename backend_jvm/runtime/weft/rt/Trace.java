package weft.rt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Stack traces in terms of the source. */
final class Trace {
  private static final String CODE = "weft.code.";

  /** In the names of functions that were cut out of longer ones (optimize/outline.h). */
  private static final String PART = "::part:";

  private static Map<Integer, String[]> places;

  private Trace() {}

  /** File, line and function by the number that stands for them in line tables. */
  private static String[] place(int number) {
    if (places == null) {
      places = new HashMap<>();
      try {
        String[] parts =
            (String[]) Class.forName("weft.Lines").getMethod("parts").invoke(null);
        for (String row : Tables.text(parts).split("\n")) {
          String[] columns = row.split("\t", 4);
          if (columns.length == 4) {
            places.put(
                Integer.valueOf(columns[0]), new String[] {columns[1], columns[2], columns[3]});
          }
        }
      } catch (ReflectiveOperationException error) {
        // Without it, numbers stay numbers.
      }
    }
    return places.get(number);
  }

  /** The functions of the program alone, each at its place in the source. */
  static StackTraceElement[] decoded(StackTraceElement[] elements) {
    List<StackTraceElement> result = new ArrayList<>();
    boolean isOfPart = false;
    for (StackTraceElement element : elements) {
      if (element.getClassName().startsWith("weft.rt.Raised")) continue;
      // What calls a part of itself is at the place where the part is.
      boolean isCaller = isOfPart;
      isOfPart = element.getMethodName().contains(PART);
      if (isCaller) continue;
      String[] place =
          element.getLineNumber() >= 32768 && element.getClassName().startsWith(CODE)
              ? place(element.getLineNumber())
              : null;
      result.add(
          place == null
              ? element
              : new StackTraceElement(
                  element.getClassName(), place[2], place[0], Integer.parseInt(place[1])));
    }
    return result.toArray(new StackTraceElement[0]);
  }

  /** The lines of a traceback, the outermost call first. */
  static void append(StackTraceElement[] elements, StringBuilder out) {
    List<String> lines = new ArrayList<>();
    for (int i = elements.length; i-- > 0; ) {
      StackTraceElement element = elements[i];
      if (!element.getClassName().startsWith(CODE)) continue;
      String function = element.getMethodName().replaceFirst("\\$[0-9]+$", "");
      lines.add(
          "  " + element.getFileName() + ":" + element.getLineNumber() + " in " + function + "\n");
    }
    if (elements.length > 0) out.append("Traceback (most recent call last):\n");
    for (int i = 0; i < lines.size(); ) {
      int end = i + 1;
      while (end < lines.size() && lines.get(end).equals(lines.get(i))) ++end;
      out.append(lines.get(i));
      if (end - i > 1) out.append("  ... ").append(end - i - 1).append(" more of the same\n");
      i = end;
    }
  }
}
