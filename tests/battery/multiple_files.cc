// A program of several files: headers with declarations, inline functions, templates and globals.
// battery: solo

#include "tests/battery/show.h"

using namespace weft;

#include "tests/battery/parts/multiple_files_shapes.h"
#include "tests/battery/parts/multiple_files_util.h"

static int same_name() { return 1; }

int run(Array<Str>) {
  shapes::Shape* square = shapes::make_square(4);
  println(square->describe());
  println(shapes::make_circle(1.5)->describe());
  show("made", shapes::made);
  show("static functions of one name", same_name() * 100 + util_same_name());
  show("clamp", clamp(50, 0, 10));
  next_number();
  show("counter", next_number());
  show("inline global", shared_counter);
  bump_shared();
  show("changed elsewhere", shared_counter);
  show("extern", external_value);
  println(join(words, "-"));
  return 0;
}

WEFT_MAIN(run)

//| area 10
//| area 6.75
//| made 2
//| static functions of one name 102
//| clamp 10
//| counter 2
//| inline global 1
//| changed elsewhere 11
//| extern 77
//| from-another-file
