// Without dsl/exception.h there are no exceptions.
int careful() {
  try {  //! W0103: a try block without dsl/exception.h
    return 1;
  } catch (...) {
    return 2;
  }
}
