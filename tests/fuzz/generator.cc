#include "tests/fuzz/generator.h"

#include <fmt/format.h>

#include <iterator>

namespace weft::fuzz {
namespace {

// What all programs of a batch share: classes of objects that may stand in the reference itself.
// Only one class of each kind can, so they are not made anew for each program.
constexpr char kShared[] = R"cpp(
  class Cell : public weft::Object {
   public:
    virtual int64_t weigh(int64_t n) { return n; }
    virtual Cell* other() { return this; }
  };
  class Num : public weft::Unboxed<double, Cell> {
   public:
    using Unboxed::Unboxed;
    int64_t weigh(int64_t n) override {
      return value() > -1e15 && value() < 1e15 ? static_cast<int64_t>(value()) + n : n ^ 3;
    }
    Cell* other() override;
  };
  class Scaled : public Num {
   public:
    explicit Scaled(double v) : Num(v * 0.5) {}
    int64_t weigh(int64_t n) override { return Num::weigh(n) - 1; }
  };
  class Whole : public weft::Unboxed<int64_t, Cell> {
   public:
    using Unboxed::Unboxed;
    int64_t weigh(int64_t n) override { return value() * 3 + n; }
    Cell* other() override { return new Num(static_cast<double>(value())); }
  };
  class Both : public Cell {
   public:
    Cell* left;
    Cell* right;
    Both(Cell* l, Cell* r) : left(l), right(r) {}
    int64_t weigh(int64_t n) override {
      return left == nullptr || weft::isa<Both>(left) ? n + 1 : left->weigh(n);
    }
    Cell* other() override { return right == nullptr ? this : right; }
  };
  Cell* Num::other() { return new Whole(weigh(int64_t{1} << 46)); }

  double held(Cell* cell) {
    if (Num* num = weft::dyn_cast<Num>(cell)) return num->value();
    if (Whole* whole = weft::dyn_cast<Whole>(cell)) return static_cast<double>(whole->value());
    return 0.5;
  }
  // Two NaNs need not have the same bits.
  bool same_cells(Cell* a, Cell* b) {
    double x = held(a);
    double y = held(b);
    if (x != x || y != y) return x != x && y != y;
    return weft::isa<Both>(a) || weft::isa<Both>(b) ? weft::isa<Both>(a) == weft::isa<Both>(b)
                                                    : weft::same_value(a, b);
  }
)cpp";

// What every program has: helpers, classes, values and globals. The constants at @0..@9 are drawn
// for each program.
constexpr char kPrelude[] = R"cpp(
  int64_t fuel = 4000;
  uint64_t trace = @0u;

  class Trap : public weft::Exception {
   public:
    int64_t code;
    explicit Trap(int64_t c) : code(c) {}
    virtual int64_t weight() { return code; }
  };
  class DeepTrap : public Trap {
   public:
    explicit DeepTrap(int64_t c) : Trap(c ^ @1) {}
    int64_t weight() override { return code * 3; }
  };

  void note(uint64_t x) { trace = (trace ^ x) * 1099511628211u; }
  void note_float(double d) { note(d != d ? 7u : weft::f64_bits(d)); }
  void note_str(weft::Str s) { note(static_cast<uint64_t>(s.hash())); }
  void burn() {
    if (--fuel < 0) throw new Trap(-99);
  }
  int64_t wrap(int64_t i, int64_t n) {
    if (n <= 0) throw new Trap(-1);
    int64_t r = i % n;
    return r < 0 ? r + n : r;
  }
  template <class T>
  T quotient(T a, T b) {
    if (b == 0) throw new Trap(-1);
    if (b == static_cast<T>(-1)) return static_cast<T>(0 - a);
    return static_cast<T>(a / b);
  }
  template <class T>
  T remainder(T a, T b) {
    if (b == 0) throw new Trap(-1);
    if (b == static_cast<T>(-1)) return 0;
    return static_cast<T>(a % b);
  }
  int64_t whole(double d) { return d > -1e15 && d < 1e15 ? static_cast<int64_t>(d) : @2; }

  struct Guard {
    uint64_t amount;
    explicit Guard(uint64_t a) : amount(a) { note(a); }
    ~Guard() { note(amount + 1); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
  };

  struct Small {
    int32_t a;
    uint8_t b;
    int64_t c;
    int64_t total() const { return a + b * @3 + c; }
    void bump(int64_t by) {
      a += static_cast<int32_t>(by);
      c = c * 5 + b;
    }
    bool operator==(const Small& other) const { return a == other.a && b == other.b && c == other.c; }
    Small operator+(const Small& other) const {
      return Small{a + other.a, static_cast<uint8_t>(b ^ other.b), c - other.c};
    }
  };
  struct Large {
    Small inner;
    double d;
    weft::Str s;
    Small& place() { return inner; }
    double scaled(double by) const { return d * by + inner.a; }
  };

  class Base : public weft::Object {
   public:
    int64_t x;
    Small v;
    Base* next;
    explicit Base(int64_t n) : x(n), v { static_cast<int32_t>(n), 3, n* @4 }
    , next(nullptr) {}
    virtual int64_t f(int64_t n) { return x + n; }
    virtual Small g() { return v; }
  };
  class Left : public Base {
   public:
    double ratio;
    explicit Left(int64_t n) : Base(n ^ @5), ratio(static_cast<double>(n) / 3) {}
    int64_t f(int64_t n) override {
      x += n;
      return x * 3 - v.a;
    }
  };
  class Right : public Base {
   public:
    weft::List<int64_t> log;
    explicit Right(int64_t n) : Base(n + 1) { log.append(n); }
    int64_t f(int64_t n) override {
      log.append(n);
      return log.length() * 1000 + log[wrap(n, log.length())];
    }
    Small g() override {
      v.bump(log.length());
      return v + v;
    }
  };
  class Far : public Left {
   public:
    using Left::Left;
    int64_t f(int64_t n) override { return Left::f(n + 1) ^ whole(ratio); }
    Small g() override { return Small{static_cast<int32_t>(x), 1, whole(ratio)}; }
  };
  Base* make(int64_t n) {
    switch (wrap(n, 4)) {
      case 0:
        return new Base(n);
      case 1:
        return new Left(n);
      case 2:
        return new Right(n);
      default:
        return new Far(n);
    }
  }
  weft::Array<int64_t> filled(int64_t n, int64_t seed) {
    weft::Array<int64_t> a(n);
    for (int64_t i = 0; i < n; i++) a[i] = seed * i + (seed >> 2);
    return a;
  }
  constexpr int32_t kTable[8] = {@6, -1, 0, 127, @7, 65536, -2147483647, 5};

  // Initialised at translation time.
  int64_t g_int = filled(5, @8)[3];
  Small g_small { @9, 200, -4 };
  weft::Array<int64_t> g_array = filled(6, @1);
  Base* g_object = make(@2);
  weft::Dict<int64_t, int64_t> g_dict;
  Cell* g_cell = new Both(new Num(@4), new Whole(-@5));
  const weft::Str g_str = weft::Str("seed ") + weft::format_int(@3);
)cpp";

enum class Ty {
  I8,
  I16,
  I32,
  I64,
  U8,
  U16,
  U32,
  U64,
  Bool,
  F64,
  Str,
  Small,
  Large,
  Object,
  Array,
  List,
  Cell
};

constexpr const char* kTypeNames[] = {"int8_t",
                                      "int16_t",
                                      "int32_t",
                                      "int64_t",
                                      "uint8_t",
                                      "uint16_t",
                                      "uint32_t",
                                      "uint64_t",
                                      "bool",
                                      "double",
                                      "weft::Str",
                                      "Small",
                                      "Large",
                                      "Base*",
                                      "weft::Array<int64_t>",
                                      "weft::List<int32_t>",
                                      "Cell*"};

bool IsIntTy(Ty ty) { return ty <= Ty::U64; }
const char* Name(Ty ty) { return kTypeNames[static_cast<int>(ty)]; }

struct Variable {
  std::string name;
  Ty type;
  bool is_mutable;
};

struct Function {
  std::string name;
  Ty result;
  std::vector<Ty> parameters;
  // Whether each is taken by reference.
  std::vector<bool> by_reference;
};

class Generator {
 public:
  explicit Generator(const GeneratorOptions& options)
      : options_(options), state_(options.seed * 0x9e3779b97f4a7c15u + 0x1234567) {}

  GeneratedProgram Run() {
    Line(fmt::format("namespace p{} {{", options_.seed));
    Prelude();
    int count = 2 + Below(4);
    for (int i = 0; i < count; ++i) GenerateFunction(i);
    GenerateRun();
    Line("}");
    return {std::move(text_), next_statement_};
  }

 private:
  // --- Random numbers: splitmix64, the same on every machine.

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15u;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  int Below(int n) { return static_cast<int>(Next() % static_cast<uint64_t>(n)); }
  bool Chance(int percent) { return Below(100) < percent; }
  template <typename T>
  const T& Pick(const std::vector<T>& list) {
    return list[static_cast<size_t>(Below(static_cast<int>(list.size())))];
  }

  // --- Text.

  void Line(std::string_view line) {
    text_.append(static_cast<size_t>(indent_) * 2, ' ');
    text_ += line;
    text_ += '\n';
  }
  // Everything between Begin and End is one statement, which may be dropped.
  size_t Begin() { return text_.size(); }
  void End(size_t begin) {
    if (options_.dropped.contains(next_statement_++)) text_.resize(begin);
  }

  void Prelude() {
    std::string prelude = kPrelude;
    for (int i = 0; i < 10; ++i) {
      std::string marker = fmt::format("@{}", i);
      std::string number = fmt::format("{}", 1 + Below(i % 2 == 0 ? 100 : 30000));
      for (size_t at = prelude.find(marker); at != std::string::npos; at = prelude.find(marker)) {
        prelude.replace(at, marker.size(), number);
      }
    }
    text_ += prelude;
  }

  std::string Fresh(const char* prefix) { return fmt::format("{}{}", prefix, next_name_++); }

  // --- Variables in scope.

  std::vector<const Variable*> Candidates(Ty type, bool is_mutable) const {
    std::vector<const Variable*> list;
    for (const Variable& v : scope_) {
      if (v.type == type && (v.is_mutable || !is_mutable)) list.push_back(&v);
    }
    return list;
  }

  // A place of the type that may be assigned; empty when there is none.
  std::string Place(Ty type, int depth) {
    std::vector<std::string> places;
    for (const Variable* v : Candidates(type, true)) places.push_back(v->name);
    auto members = [&](Ty owner, const char* member) {
      for (const Variable* v : Candidates(owner, true)) places.push_back(v->name + member);
    };
    if (type == Ty::I32) {
      members(Ty::Small, ".a");
      members(Ty::Large, ".inner.a");
      places.push_back("g_small.a");
      for (const Variable* v : Candidates(Ty::Object, false)) places.push_back(v->name + "->v.a");
    } else if (type == Ty::U8) {
      members(Ty::Small, ".b");
      members(Ty::Large, ".place().b");
    } else if (type == Ty::I64) {
      members(Ty::Small, ".c");
      places.push_back("g_int");
      for (const Variable* v : Candidates(Ty::Object, false)) places.push_back(v->name + "->x");
      for (const Variable* v : Candidates(Ty::Array, false)) {
        places.push_back(
            fmt::format("{0}[wrap({1}, {0}.length())]", v->name, Expression(Ty::I64, depth + 2)));
      }
    } else if (type == Ty::F64) {
      members(Ty::Large, ".d");
    } else if (type == Ty::Str) {
      members(Ty::Large, ".s");
    } else if (type == Ty::Small) {
      members(Ty::Large, ".inner");
      members(Ty::Large, ".place()");
      places.push_back("g_small");
      for (const Variable* v : Candidates(Ty::Object, false)) places.push_back(v->name + "->v");
    }
    if (type == Ty::Cell) places.push_back("g_cell");
    return places.empty() ? std::string() : Pick(places);
  }

  // --- Expressions without effects.

  std::string Expression(Ty type, int depth) {
    std::vector<const Variable*> variables = Candidates(type, false);
    if (!variables.empty() && (depth >= 3 || Chance(35))) return Pick(variables)->name;
    if (depth >= 3) return Leaf(type);
    if (Chance(12)) {
      return fmt::format("({} ? {} : {})", Expression(Ty::Bool, depth + 1),
                         Expression(type, depth + 1), Expression(type, depth + 1));
    }
    if (IsIntTy(type)) return IntExpression(type, depth);
    switch (type) {
      case Ty::Bool:
        return BoolExpression(depth);
      case Ty::F64:
        return FloatExpression(depth);
      case Ty::Str:
        return StrExpression(depth);
      case Ty::Small:
        if (Chance(40)) {
          return fmt::format("({} + {})", Expression(Ty::Small, depth + 1),
                             Expression(Ty::Small, depth + 1));
        }
        return fmt::format("Small{{{}, {}, {}}}", Expression(Ty::I32, depth + 1),
                           Expression(Ty::U8, depth + 1), Expression(Ty::I64, depth + 1));
      case Ty::Large:
        return fmt::format("Large{{{}, {}, {}}}", Expression(Ty::Small, depth + 1),
                           Expression(Ty::F64, depth + 1), Expression(Ty::Str, depth + 1));
      case Ty::Cell:
        return CellExpression(depth);
      default:
        return Leaf(type);
    }
  }

  std::string Leaf(Ty type) {
    switch (type) {
      case Ty::Bool:
        return Chance(50) ? "true" : "false";
      case Ty::F64: {
        constexpr const char* kFloats[] = {"0.0", "-0.0", "1.5", "1e300", "-2.25", "1e-310", "3.0"};
        return kFloats[Below(7)];
      }
      case Ty::Str:
        return Chance(30) ? "g_str" : fmt::format("weft::Str(\"s{}\")", Below(5));
      case Ty::Small:
        return fmt::format("Small{{{}, {}, {}}}", Below(100), Below(256), Below(1000));
      case Ty::Large:
        return fmt::format("Large{{g_small, {}, g_str}}", Leaf(Ty::F64));
      case Ty::Object:
        return "g_object";
      case Ty::Cell:
        return "g_cell";
      case Ty::Array:
        return "g_array";
      case Ty::List:
        return "weft::List<int32_t>()";
      default:
        return IntLiteral(type);
    }
  }

  std::string IntLiteral(Ty type) {
    constexpr const char* kEdges[] = {"0",
                                      "1",
                                      "-1",
                                      "127",
                                      "-128",
                                      "255",
                                      "32767",
                                      "65535",
                                      "2147483647",
                                      "-2147483648LL",
                                      "4294967295LL",
                                      "9223372036854775807LL",
                                      "(-9223372036854775807LL - 1)"};
    std::string literal = Chance(50) ? kEdges[Below(13)] : fmt::format("{}", Below(200) - 50);
    return fmt::format("static_cast<{}>({})", Name(type), literal);
  }

  std::string CellExpression(int depth) {
    switch (Below(6)) {
      case 0:
      case 1:
        return fmt::format("static_cast<Cell*>(new Num({}))", Expression(Ty::F64, depth + 1));
      case 2:
        return fmt::format("static_cast<Cell*>(new Whole({}))", Expression(Ty::I64, depth + 1));
      case 3:
        return fmt::format("static_cast<Cell*>(new Scaled({}))", Expression(Ty::F64, depth + 1));
      case 4:
        return fmt::format("static_cast<Cell*>(new Both({}, {}))",
                           Chance(20) ? "nullptr" : Expression(Ty::Cell, depth + 1),
                           Chance(20) ? "nullptr" : Expression(Ty::Cell, depth + 1));
      default:
        return fmt::format("{}->other()", Expression(Ty::Cell, depth + 1));
    }
  }

  std::string IntExpression(Ty type, int depth) {
    const char* name = Name(type);
    switch (Below(15)) {
      case 14:
        return fmt::format("static_cast<{}>({}->weigh({}))", name, Expression(Ty::Cell, depth + 1),
                           Expression(Ty::I64, depth + 1));
      case 0:
      case 1:
        return IntLiteral(type);
      case 2: {
        Ty other = static_cast<Ty>(Below(9));
        return fmt::format("static_cast<{}>({})", name, Expression(other, depth + 1));
      }
      case 3:
        return fmt::format("quotient<{0}>({1}, {2})", name, Expression(type, depth + 1),
                           Expression(type, depth + 1));
      case 4:
        return fmt::format("remainder<{0}>({1}, {2})", name, Expression(type, depth + 1),
                           Expression(type, depth + 1));
      case 5: {
        // The width after promotion bounds the count.
        int width = type == Ty::I64 || type == Ty::U64 ? 64 : 32;
        return fmt::format("static_cast<{}>({} {} ({} & {}))", name, Expression(type, depth + 1),
                           Chance(50) ? "<<" : ">>", Expression(Ty::I32, depth + 1), width - 1);
      }
      case 6:
        return fmt::format("static_cast<{}>({}{})", name, Chance(50) ? "-" : "~",
                           Expression(type, depth + 1));
      case 7:
        return fmt::format("static_cast<{}>(whole({}))", name, Expression(Ty::F64, depth + 1));
      case 8:
        return fmt::format("static_cast<{}>({}.total())", name, Expression(Ty::Small, depth + 1));
      case 9: {
        std::string object = Expression(Ty::Object, 3);
        return fmt::format("static_cast<{}>({}->{})", name, object, Chance(50) ? "x" : "v.total()");
      }
      case 10:
        return fmt::format("static_cast<{}>(kTable[wrap({}, 8)])", name,
                           Expression(Ty::I64, depth + 1));
      case 11: {
        std::string array = Expression(Ty::Array, 3);
        return fmt::format("static_cast<{0}>({1}[wrap({2}, {1}.length())])", name, array,
                           Expression(Ty::I64, depth + 1));
      }
      case 12:
        return fmt::format("static_cast<{}>({}.length())", name, Expression(Ty::Str, depth + 1));
      default: {
        constexpr const char* kOperators[] = {"+", "-", "*", "&", "|", "^"};
        // A product of two u16 is an int, which the language wraps.
        return fmt::format("static_cast<{}>({} {} {})", name, Expression(type, depth + 1),
                           kOperators[Below(6)], Expression(type, depth + 1));
      }
    }
  }

  std::string BoolExpression(int depth) {
    switch (Below(9)) {
      case 7: {
        constexpr const char* kClasses[] = {"Num",  "Whole", "Scaled",
                                            "Both", "Cell",  "weft::Unboxed<double, Cell>"};
        return fmt::format("weft::isa<{}>({})", kClasses[Below(6)],
                           Expression(Ty::Cell, depth + 1));
      }
      case 8:
        return fmt::format("same_cells({}, {})", Expression(Ty::Cell, depth + 1),
                           Expression(Ty::Cell, depth + 1));
      case 0:
        return fmt::format("({} && {})", Expression(Ty::Bool, depth + 1),
                           Expression(Ty::Bool, depth + 1));
      case 1:
        return fmt::format("({} || {})", Expression(Ty::Bool, depth + 1),
                           Expression(Ty::Bool, depth + 1));
      case 2:
        return fmt::format("!{}", Expression(Ty::Bool, depth + 1));
      case 3:
        return fmt::format("weft::isa<{}>({})", Chance(50) ? "Left" : "Right",
                           Expression(Ty::Object, 3));
      case 4:
        return fmt::format("({} == {})", Expression(Ty::Str, depth + 1),
                           Expression(Ty::Str, depth + 1));
      case 5:
        return fmt::format("({} == {})", Expression(Ty::Small, depth + 1),
                           Expression(Ty::Small, depth + 1));
      default: {
        constexpr const char* kOperators[] = {"<", "<=", ">", ">=", "==", "!="};
        Ty type = Chance(25) ? Ty::F64 : static_cast<Ty>(Below(8));
        return fmt::format("({} {} {})", Expression(type, depth + 1), kOperators[Below(6)],
                           Expression(type, depth + 1));
      }
    }
  }

  std::string FloatExpression(int depth) {
    switch (Below(6)) {
      case 5:
        return fmt::format("held({})", Expression(Ty::Cell, depth + 1));
      case 0:
        return Leaf(Ty::F64);
      case 1:
        return fmt::format("static_cast<double>({})",
                           Expression(static_cast<Ty>(Below(8)), depth + 1));
      case 2:
        return fmt::format("{}.scaled({})", Expression(Ty::Large, depth + 1),
                           Expression(Ty::F64, depth + 1));
      default: {
        constexpr const char* kOperators[] = {"+", "-", "*", "/"};
        return fmt::format("({} {} {})", Expression(Ty::F64, depth + 1), kOperators[Below(4)],
                           Expression(Ty::F64, depth + 1));
      }
    }
  }

  std::string StrExpression(int depth) {
    switch (Below(4)) {
      case 0:
        return Leaf(Ty::Str);
      case 1:
        return fmt::format("weft::format_int({})", Expression(Ty::I64, depth + 1));
      case 2:
        return fmt::format("weft::substr(weft::Str(\"abcdefgh\"), wrap({}, 5), wrap({}, 4))",
                           Expression(Ty::I64, depth + 1), Expression(Ty::I64, depth + 1));
      default:
        return fmt::format("({} + {})", Leaf(Ty::Str), Expression(Ty::Str, depth + 1));
    }
  }

  // --- Statements.

  void Note(Ty type, const std::string& value) {
    if (IsIntTy(type) || type == Ty::Bool) {
      Line(fmt::format("note(static_cast<uint64_t>({}));", value));
    } else if (type == Ty::F64) {
      Line(fmt::format("note_float({});", value));
    } else if (type == Ty::Str) {
      Line(fmt::format("note_str({});", value));
    } else if (type == Ty::Small) {
      Line(fmt::format("note(static_cast<uint64_t>({}.total()));", value));
    } else if (type == Ty::Large) {
      Line(fmt::format("note_float({}.scaled(2.0));", value));
    } else if (type == Ty::Object) {
      Line(fmt::format("note(static_cast<uint64_t>({}->x));", value));
    } else if (type == Ty::Cell) {
      Line(fmt::format("note_float(held({}));", value));
    } else {
      Line(fmt::format("note(static_cast<uint64_t>({}.length()));", value));
    }
  }

  Ty AnyType() { return static_cast<Ty>(Below(17)); }

  void Declare(const std::string& name, Ty type) {
    if (type == Ty::Array) {
      Line(fmt::format("weft::Array<int64_t> {} = filled({}, {});", name, 1 + Below(6),
                       Expression(Ty::I64, 2)));
    } else if (type == Ty::Object) {
      Line(fmt::format("Base* {} = {};", name,
                       Chance(60) ? fmt::format("make({})", Expression(Ty::I64, 2))
                                  : Expression(Ty::Object, 3)));
    } else {
      Line(fmt::format("{} {} = {};", Name(type), name, Expression(type, 0)));
    }
    scope_.push_back({name, type, true});
  }

  // A call of an earlier function, with places for its reference parameters.
  bool CallStatement() {
    if (functions_.empty()) return false;
    const Function& callee = Pick(functions_);
    std::string args;
    for (size_t i = 0; i < callee.parameters.size(); ++i) {
      std::string arg = callee.by_reference[i] ? Place(callee.parameters[i], 1)
                                               : Expression(callee.parameters[i], 1);
      if (arg.empty()) return false;
      args += (i == 0 ? "" : ", ") + arg;
    }
    std::string name = Fresh("r");
    Line(fmt::format("{} {} = {}({});", Name(callee.result), name, callee.name, args));
    scope_.push_back({name, callee.result, true});
    return true;
  }

  void CallAsStatement() {
    size_t begin = Begin();
    size_t scope = scope_.size();
    if (!CallStatement()) return;
    End(begin);
    if (text_.size() == begin) scope_.resize(scope);
  }

  void BlockOf(int statements, int depth) {
    size_t scope = scope_.size();
    ++indent_;
    for (int i = 0; i < statements; ++i) Statement(depth);
    --indent_;
    scope_.resize(scope);
  }

  // Loop and handler bodies see names that stand before their first statement.
  void Statement(int depth) {
    size_t begin = Begin();
    size_t scope = scope_.size();
    StatementOfSomeKind(depth);
    End(begin);
    // Names that a dropped statement declared are not there.
    if (text_.size() == begin) scope_.resize(scope);
  }

  void StatementOfSomeKind(int depth) {
    bool is_deep = depth >= 3;
    switch (Below(is_deep ? 9 : 22)) {
      case 0:
      case 1:
        return Declare(Fresh("v"), AnyType());
      case 2:
      case 3: {
        Ty type = Chance(10) ? Ty::Cell : static_cast<Ty>(Below(13));
        std::string place = Place(type, 1);
        if (place.empty()) return Declare(Fresh("v"), type);
        return Line(fmt::format("{} = {};", place, Expression(type, 0)));
      }
      case 4: {
        Ty type = Chance(30) ? Ty::F64 : (Chance(50) ? Ty::I64 : Ty::I32);
        std::string place = Place(type, 1);
        if (place.empty()) return Declare(Fresh("v"), type);
        constexpr const char* kOperators[] = {"+=", "-=", "*=", "&=", "|=", "^="};
        if (type != Ty::F64 && Chance(30)) {
          return Line(fmt::format("{}{};", place, Chance(50) ? "++" : "--"));
        }
        return Line(fmt::format("{} {} {};", place, kOperators[Below(type == Ty::F64 ? 3 : 6)],
                                Expression(type, 1)));
      }
      case 5:
      case 6: {
        Ty type = AnyType();
        return Note(type, type == Ty::List ? Expression(type, 3) : Expression(type, 0));
      }
      case 7:
      case 20:
        if (!CallStatement()) Declare(Fresh("v"), AnyType());
        return;
      case 8:
        return ObjectStatement();
      case 9:
      case 10:
        Line(fmt::format("if ({}) {{", Expression(Ty::Bool, 0)));
        BlockOf(1 + Below(3), depth + 1);
        if (Chance(50)) {
          Line("} else {");
          BlockOf(1 + Below(3), depth + 1);
        }
        return Line("}");
      case 11:
      case 12:
        return LoopStatement(depth);
      case 13:
        return SwitchStatement(depth);
      case 14:
      case 15:
        return TryStatement(depth);
      case 16:
        Line("{");
        ++indent_;
        Line(fmt::format("Guard guard(static_cast<uint64_t>({}));", Expression(Ty::U32, 2)));
        --indent_;
        BlockOf(1 + Below(3), depth + 1);
        return Line("}");
      case 17:
        return LambdaStatement();
      case 18:
        return ReferenceStatement(depth);
      case 19:
        return Line(fmt::format("if ({}) throw new {}({});", Expression(Ty::Bool, 1),
                                Chance(50) ? "Trap" : "DeepTrap", Expression(Ty::I64, 2)));
      default:
        if (loop_depth_ > 0 && Chance(50)) {
          return Line(fmt::format("if ({}) {};", Expression(Ty::Bool, 1),
                                  Chance(50) ? "break" : "continue"));
        }
        return Line(
            fmt::format("if ({}) return {};", Expression(Ty::Bool, 1), Expression(result_, 2)));
    }
  }

  void ObjectStatement() {
    std::string object = Expression(Ty::Object, 3);
    std::string name = Fresh("o");
    switch (Below(6)) {
      case 0:
        Line(fmt::format("int64_t {} = {}->f({});", name, object, Expression(Ty::I64, 1)));
        scope_.push_back({name, Ty::I64, true});
        return;
      case 1:
        Line(fmt::format("Small {} = {}->g();", name, object));
        scope_.push_back({name, Ty::Small, true});
        return;
      case 2:
        return Line(fmt::format("{}->next = {};", object, Expression(Ty::Object, 3)));
      case 3:
        return Line(fmt::format(
            "if ({0}->next != nullptr) note(static_cast<uint64_t>({0}->next->x));", object));
      case 4:
        return Line(fmt::format("if (Left* {0} = weft::dyn_cast<Left>({1})) {0}->ratio += {2};",
                                name, object, Expression(Ty::F64, 2)));
      default: {
        std::string key = Expression(Ty::I64, 2);
        Line(fmt::format("g_dict[wrap({}, 9)] = {};", key, Expression(Ty::I64, 2)));
        return Line("note(static_cast<uint64_t>(g_dict.length()));");
      }
    }
  }

  void LoopStatement(int depth) {
    std::string name = Fresh("i");
    ++loop_depth_;
    int kind = Below(4);
    size_t scope = scope_.size();
    if (kind == 0) {
      Line(fmt::format("for (int32_t {0} = {1}; {0} < {2}; {0}++) {{", name, Below(3),
                       2 + Below(6)));
      scope_.push_back({name, Ty::I32, false});
    } else if (kind == 1) {
      std::vector<const Variable*> lists = Candidates(Ty::List, false);
      std::string list = lists.empty() ? std::string() : Pick(lists)->name;
      if (list.empty()) {
        Line(fmt::format("for (int64_t {} : g_array) {{", name));
        scope_.push_back({name, Ty::I64, false});
      } else {
        Line(fmt::format("{}.append({});", list, Expression(Ty::I32, 2)));
        Line(fmt::format("for (int32_t {} : {}) {{", name, list));
        scope_.push_back({name, Ty::I32, false});
      }
    } else if (kind == 2) {
      Line(fmt::format("while ({}) {{", Expression(Ty::Bool, 1)));
    } else {
      Line("do {");
    }
    ++indent_;
    Line("burn();");
    --indent_;
    BlockOf(1 + Below(3), depth + 1);
    Line(kind == 3 ? fmt::format("}} while ({});", ConditionOutside(scope)) : "}");
    scope_.resize(scope);
    --loop_depth_;
  }

  // The condition of a do loop does not see what its body declares.
  std::string ConditionOutside(size_t scope) {
    scope_.resize(scope);
    return Expression(Ty::Bool, 1);
  }

  void SwitchStatement(int depth) {
    // `continue` and `break` mean other things in here, so there are none.
    int loops = loop_depth_;
    loop_depth_ = 0;
    Line(fmt::format("switch (wrap({}, 5)) {{", Expression(Ty::I64, 1)));
    int cases = 1 + Below(4);
    for (int i = 0; i < cases; ++i) {
      Line(fmt::format("  case {}: {{", i));
      BlockOf(1 + Below(2), depth + 1);
      Line(Chance(65) ? "  } break;" : "  }");
    }
    if (Chance(70)) {
      Line("  default: {");
      BlockOf(1, depth + 1);
      Line("  }");
    }
    Line("}");
    loop_depth_ = loops;
  }

  void TryStatement(int depth) {
    Line("try {");
    BlockOf(1 + Below(3), depth + 1);
    if (Chance(40)) {
      Line("} catch (DeepTrap* e) {");
      Line("  note(static_cast<uint64_t>(e->weight()));");
      BlockOf(1, depth + 1);
    }
    std::string name = Fresh("e");
    Line(fmt::format("}} catch (Trap* {}) {{", name));
    // Without fuel nothing may go on.
    Line(fmt::format("  if ({}->code == -99) throw;", name));
    Line(fmt::format("  note(static_cast<uint64_t>({}->weight() + {}->code));", name, name));
    if (Chance(20)) Line(fmt::format("  if ({}) throw;", Expression(Ty::Bool, 1)));
    BlockOf(1, depth + 1);
    Line("}");
  }

  void LambdaStatement() {
    std::string lambda = Fresh("l");
    bool by_reference = Chance(50);
    std::string place = Place(Ty::I64, 1);
    size_t scope = scope_.size();
    std::string parameter = Fresh("n");
    scope_.push_back({parameter, Ty::I64, false});
    std::string body = Expression(Ty::I64, 1);
    scope_.resize(scope);
    std::string effect =
        by_reference && !place.empty() ? fmt::format("{} += {}; ", place, parameter) : "";
    std::string text = fmt::format("[{}](int64_t {}) {{ {}return {}; }}", by_reference ? "&" : "=",
                                   parameter, effect, body);
    if (!by_reference && Chance(50)) {
      Line(fmt::format("weft::Closure<int64_t(int64_t)> {} = {};", lambda, text));
    } else {
      Line(fmt::format("auto {} = {};", lambda, text));
    }
    std::string result = Fresh("v");
    Line(fmt::format("int64_t {} = {}({});", result, lambda, Expression(Ty::I64, 1)));
    scope_.push_back({result, Ty::I64, true});
  }

  void ReferenceStatement(int depth) {
    Ty type = Chance(50) ? Ty::Small : (Chance(50) ? Ty::I64 : Ty::I32);
    std::string place = Place(type, 1);
    if (place.empty()) return Declare(Fresh("v"), type);
    std::string name = Fresh("p");
    Line("{");
    ++indent_;
    Line(fmt::format("{}& {} = {};", Name(type), name, place));
    if (type == Ty::Small) Line(fmt::format("{}.bump({});", name, Expression(Ty::I64, 2)));
    --indent_;
    size_t scope = scope_.size();
    scope_.push_back({name, type, true});
    BlockOf(1 + Below(2), depth + 1);
    scope_.resize(scope);
    Line("}");
  }

  // --- Functions.

  void GenerateFunction(int number) {
    Function function;
    function.name = fmt::format("f{}", number);
    function.result = static_cast<Ty>(Below(14));
    if (function.result == Ty::Object && Chance(50)) function.result = Ty::I64;
    if (Chance(10)) function.result = Ty::Cell;
    std::string parameters;
    scope_.clear();
    int count = Below(5);
    for (int i = 0; i < count; ++i) {
      Ty type = AnyType();
      bool by_reference = (type == Ty::Small || type == Ty::I64 || type == Ty::I32) && Chance(40);
      std::string name = fmt::format("a{}", i);
      parameters +=
          fmt::format("{}{}{} {}", i == 0 ? "" : ", ", Name(type), by_reference ? "&" : "", name);
      function.parameters.push_back(type);
      function.by_reference.push_back(by_reference);
      scope_.push_back({name, type, true});
    }
    result_ = function.result;
    Line(fmt::format("{} {}({}) {{", Name(function.result), function.name, parameters));
    Line("  burn();");
    // Calls itself at times; the fuel bounds the depth.
    bool is_recursive = Chance(25);
    if (is_recursive) functions_.push_back(function);
    ++indent_;
    int statements = 3 + Below(7);
    for (int i = 0; i < statements; ++i) Statement(1);
    Line(fmt::format("return {};", Expression(function.result, 1)));
    --indent_;
    Line("}");
    if (!is_recursive) functions_.push_back(function);
  }

  void GenerateRun() {
    Line("int64_t body() {");
    scope_.clear();
    result_ = Ty::I64;
    ++indent_;
    for (const Ty type :
         {Ty::I32, Ty::I64, Ty::Small, Ty::Large, Ty::Object, Ty::Array, Ty::List, Ty::Cell}) {
      Declare(Fresh("v"), type);
    }
    for (int i = 0; i < 8; ++i) Statement(1);
    for (size_t i = 0; i < 2 * functions_.size(); ++i) CallAsStatement();
    for (const Variable& v : scope_) Note(v.type, v.name);
    Line("return g_int + g_small.total() + g_object->x + g_array[2];");
    --indent_;
    Line("}");
    Line("void run() {");
    Line("  try {");
    Line("    note(static_cast<uint64_t>(body()));");
    Line("  } catch (Trap* e) {");
    Line("    note(static_cast<uint64_t>(e->weight()));");
    Line("  }");
    Line(fmt::format("  weft::println(weft::Str(\"{} \") + weft::format_uint(trace));",
                     options_.seed));
    Line("}");
  }

  const GeneratorOptions& options_;
  uint64_t state_;
  std::string text_;
  int indent_ = 0;
  int next_name_ = 0;
  int next_statement_ = 0;
  int loop_depth_ = 0;
  Ty result_ = Ty::I64;
  std::vector<Variable> scope_;
  std::vector<Function> functions_;
};

}  // namespace

GeneratedProgram Generate(const GeneratorOptions& options) { return Generator(options).Run(); }

std::string Batch(const std::vector<GeneratedProgram>& programs, uint64_t first_seed) {
  std::string text = "#include \"dsl/weft.h\"\n";
  text += kShared;
  std::string run = "int run_all(weft::Array<weft::Str>) {\n";
  for (size_t i = 0; i < programs.size(); ++i) {
    text += programs[i].text;
    fmt::format_to(std::back_inserter(run), "  p{}::run();\n", first_seed + i);
  }
  return text + run + "  return 0;\n}\nWEFT_MAIN(run_all)\n";
}

}  // namespace weft::fuzz
