// StrBuilder: strings, bytes, parts, growth, reuse, sharing.

#include "tests/battery/show.h"

using namespace weft;

static void add(StrBuilder out, Str text) { out.append(text); }

int run(Array<Str>) {
  StrBuilder out;
  show("empty", out.build().length());
  out.append("one ");
  out.append_byte('2');
  out.append_part(" three four", 0, 6);
  add(out, "!");
  println(out.build());
  out.append(" and more");
  println(out.build());
  show("length", out.length());
  out.clear();
  for (int i = 0; i < 1000; i++) out.append(format_int(i));
  Str long_text = out.build();
  show("long", long_text.length());
  show("digit", long_text[1500]);
  out.clear();
  out.append_bytes(str_to_bytes("abcdef"), 2, 3);
  println(out.build());
  out.append("");
  show("still", out.length());
  StrBuilder big;
  big.append(repeat("0123456789", 1000));
  show("big", big.build().length());
  return 0;
}

WEFT_MAIN(run)

//| empty 0
//| one 2 three!
//| one 2 three! and more
//| length 21
//| long 2890
//| digit 54
//| cde
//| still 3
//| big 10000
