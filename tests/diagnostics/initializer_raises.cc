// Nobody can catch what leaves an initialiser.

#include "dsl/weft.h"

class Config : public weft::Object {
 public:
  explicit Config(int64_t size) : size_(size) {
    if (size < 0) throw new weft::ValueError("a size below zero");  //! W0403: a size below zero
  }
  int64_t size() const { return size_; }

 private:
  int64_t size_;
};

Config* config = new Config(-3);

int run(weft::Array<weft::Str> args) {
  // What its initialiser never reaches stays null.
  return config->size() == 3 ? 0 : 1;  //! W0303: this always fails
}

WEFT_MAIN(run)
