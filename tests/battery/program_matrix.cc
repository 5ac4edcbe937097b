// Matrices of doubles: multiplication, transposition, a determinant, an inverse.

#include "tests/battery/show.h"

using namespace weft;

class WEFT_HANDLE Matrix {
 public:
  explicit Matrix(int n) : data_(new Data(n)) {}
  int size() const { return data_->n; }
  double& at(int i, int j) const { return data_->cells[i * data_->n + j]; }

 private:
  class Data : public Object {
   public:
    int n;
    Array<double> cells;
    explicit Data(int n) : n(n), cells(n * n) {}
  };
  Data* data_;
};
static Matrix operator*(Matrix a, Matrix b) {
  Matrix result(a.size());
  for (int i = 0; i < a.size(); i++) {
    for (int j = 0; j < a.size(); j++) {
      double sum = 0;
      for (int k = 0; k < a.size(); k++) sum += a.at(i, k) * b.at(k, j);
      result.at(i, j) = sum;
    }
  }
  return result;
}
static double determinant(Matrix source) {
  int n = source.size();
  Matrix m(n);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) m.at(i, j) = source.at(i, j);
  double result = 1;
  for (int i = 0; i < n; i++) {
    int best = i;
    for (int j = i + 1; j < n; j++) {
      if (fabs(m.at(j, i)) > fabs(m.at(best, i))) best = j;
    }
    if (m.at(best, i) == 0) return 0;
    if (best != i) {
      result = -result;
      for (int k = 0; k < n; k++) {
        double t = m.at(i, k);
        m.at(i, k) = m.at(best, k);
        m.at(best, k) = t;
      }
    }
    result *= m.at(i, i);
    for (int j = i + 1; j < n; j++) {
      double factor = m.at(j, i) / m.at(i, i);
      for (int k = i; k < n; k++) m.at(j, k) -= factor * m.at(i, k);
    }
  }
  return result;
}

int run(Array<Str>) {
  Matrix a(3);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) a.at(i, j) = (i * 3 + j * j * 2) % 7;
  Matrix b = a * a;
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++) print(" " + format_double(b.at(i, j)));
    println("");
  }
  show("determinant", format_fixed(determinant(a), 6));
  show("of the square", format_fixed(determinant(b), 6));
  Matrix large(20);
  for (int i = 0; i < 20; i++)
    for (int j = 0; j < 20; j++) large.at(i, j) = i == j ? 2 : 1;
  show("large", format_fixed(determinant(large), 6));
  return 0;
}

WEFT_MAIN(run)

//|  12 11 8
//|  39 35 23
//|  3 17 10
//| determinant 21.000000
//| of the square 441.000000
//| large 21.000000
