// Literals in every base, with suffixes and separators.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  show("decimal", 1234567890);
  show("hexadecimal", 0xDeadBeef);
  show("octal", 0755);
  show("binary", 0b1011);
  show("separators", 1'000'000);
  show("long", 1L << 40);
  show("unsigned", 4294967295u);
  show("unsigned long", 18446744073709551615ul);
  show("large decimal", 9223372036854775807);
  show("character", 'A');
  show("escapes", '\n' + '\t' + '\\' + '\'' + '\0');
  show("hex character", '\x7f');
  show("float", 1.5e3);
  show("hex float", 0x1.8p3);
  show("small", 1e-7);
  show("f suffix", 0.5f);
  show("true", true);
  show("negative", -42);
  constexpr int64_t kLimit = int64_t{1} << 50;
  show("constant", kLimit);
  show("macro", INT64_MIN);
  return 0;
}

WEFT_MAIN(run)

//| decimal 1234567890
//| hexadecimal 3735928559
//| octal 493
//| binary 11
//| separators 1000000
//| long 1099511627776
//| unsigned 4294967295
//| unsigned long 18446744073709551615
//| large decimal 9223372036854775807
//| character 65
//| escapes 150
//| hex character 127
//| float 1500
//| hex float 12
//| small 1e-07
//| f suffix 0.5
//| true true
//| negative -42
//| constant 1125899906842624
//| macro -9223372036854775808
