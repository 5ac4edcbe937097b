#include "tests/battery/parts/multiple_files_util.h"

const int external_value = 77;

weft::List<weft::Str> words = [] {
  weft::List<weft::Str> result;
  result.append("from");
  result.append("another");
  result.append("file");
  return result;
}();

void bump_shared() { shared_counter += 10; }

static int same_name() { return 2; }
int util_same_name() { return same_name(); }

weft::Str join(weft::List<weft::Str> parts, weft::Str separator) {
  weft::StrBuilder out;
  for (int64_t i = 0; i < parts.length(); i++) {
    if (i > 0) out.append(separator);
    out.append(parts[i]);
  }
  return out.build();
}
