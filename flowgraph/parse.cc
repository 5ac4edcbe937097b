#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "flowgraph/text.h"
#include "flowgraph/text_names.h"

namespace weft::flowgraph {
namespace {

// Reads the text line by line, since every construct of the text form stands on one line. The first
// run over the lines declares all entities, so that anything may refer to anything.
class Parser {
 public:
  explicit Parser(std::string_view text) : program_(std::make_unique<Program>()) {
    while (!text.empty()) {
      size_t end = text.find('\n');
      lines_.push_back(text.substr(0, end));
      text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
  }

  ErrorOr<std::unique_ptr<Program>> Run() {
    Declare();
    for (line_ = 0; line_ < lines_.size() && ok(); ++line_) {
      StartLine();
      if (!AtEnd()) ParseTopLevel();
    }
    if (!ok()) return MakeError("line {}: {}", error_line_ + 1, error_);
    return std::move(program_);
  }

 private:
  // --- Characters.

  bool ok() const { return error_.empty(); }

  void Fail(std::string message) {
    if (!ok()) return;
    error_ = std::move(message);
    error_line_ = line_;
    rest_ = {};
  }

  void StartLine() {
    rest_ = lines_[line_];
    loc_ = {};
    bool is_quoted = false;
    for (size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '"' && (i == 0 || rest_[i - 1] != '\\')) is_quoted = !is_quoted;
      if (rest_[i] == ';' && !is_quoted) {
        ParseLocation(rest_.substr(i + 1));
        rest_ = rest_.substr(0, i);
        break;
      }
    }
  }

  void ParseLocation(std::string_view comment) {
    size_t at = comment.rfind(" at ");
    size_t column = comment.rfind(':');
    if (at == std::string_view::npos || column == std::string_view::npos) return;
    size_t line = comment.rfind(':', column - 1);
    if (line == std::string_view::npos || line < at) return;
    loc_.file = program_->files.Add(comment.substr(at + 4, line - at - 4));
    loc_.line = static_cast<uint32_t>(std::atoi(std::string(comment.substr(line + 1)).c_str()));
    loc_.column = static_cast<uint32_t>(std::atoi(std::string(comment.substr(column + 1)).c_str()));
  }

  void SkipSpace() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t')) rest_.remove_prefix(1);
  }

  bool AtEnd() {
    SkipSpace();
    return rest_.empty();
  }

  bool Accept(std::string_view token) {
    SkipSpace();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  // Accepts a whole word only: "return" but not the start of "returned".
  bool AcceptWord(std::string_view word) {
    SkipSpace();
    if (!rest_.starts_with(word) || PlainNameLength(rest_) != word.size()) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  void Expect(std::string_view token) {
    if (!Accept(token)) Fail(fmt::format("expected '{}' before '{}'", token, rest_.substr(0, 30)));
  }

  std::string Name() {
    SkipSpace();
    if (!rest_.empty() && rest_[0] == '"') return Quoted();
    size_t length = PlainNameLength(rest_);
    if (length == 0) Fail(fmt::format("expected a name before '{}'", rest_.substr(0, 30)));
    std::string name(rest_.substr(0, length));
    rest_.remove_prefix(std::min(length, rest_.size()));
    return name;
  }

  std::string Quoted() {
    std::string text;
    Expect("\"");
    while (ok()) {
      if (rest_.empty()) {
        Fail("a string without its closing quote");
        break;
      }
      char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '"') break;
      if (c != '\\') {
        text += c;
      } else if (!rest_.empty() && (rest_[0] == '"' || rest_[0] == '\\')) {
        text += rest_[0];
        rest_.remove_prefix(1);
      } else {
        unsigned byte = 0;
        if (rest_.size() < 2 ||
            std::from_chars(rest_.data(), rest_.data() + 2, byte, 16).ptr != rest_.data() + 2) {
          Fail("a bad escape in a string");
          break;
        }
        text += static_cast<char>(byte);
        rest_.remove_prefix(2);
      }
    }
    return text;
  }

  uint32_t Number() { return static_cast<uint32_t>(SignedNumber()); }

  int64_t SignedNumber() {
    SkipSpace();
    int64_t value = 0;
    auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc())
      Fail(fmt::format("expected a number before '{}'", rest_.substr(0, 30)));
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return value;
  }

  // --- Entities by name.

  using Names = absl::flat_hash_map<std::string, uint32_t>;

  uint32_t Lookup(const Names& names, const char* what) {
    std::string name = Name();
    auto it = names.find(name);
    if (it != names.end()) return it->second;
    Fail(fmt::format("no {} is called '{}'", what, name));
    return 0;
  }

  ClassId Class() { return ClassId(Lookup(classes_, "class")); }
  ContainerId Container() { return ContainerId(Lookup(containers_, "container")); }
  FunctionId Function() {
    Expect("@");
    return FunctionId(Lookup(functions_, "function"));
  }
  GlobalId Global() {
    Expect("$");
    return GlobalId(Lookup(globals_, "global"));
  }
  // "name/number": the number says which.
  MethodId Method() {
    Name();
    Expect("/");
    uint32_t number = Number();
    if (number >= program_->methods.size()) Fail(fmt::format("there is no method {}", number));
    return MethodId(number);
  }

  void Declare() {
    for (line_ = 0; line_ < lines_.size() && ok(); ++line_) {
      StartLine();
      // Only lines in column 0 declare.
      if (rest_.empty() || rest_[0] == ' ') continue;
      auto declare = [&](Names& names, size_t id) {
        std::string name = Name();
        if (!names.try_emplace(name, id).second) Fail(fmt::format("'{}' is declared twice", name));
        return name;
      };
      if (AcceptWord("class")) {
        std::string name = declare(classes_, program_->classes.size());
        program_->classes.emplace_back().name = name;
      } else if (AcceptWord("value")) {
        std::string name = declare(value_classes_, program_->value_classes.size());
        program_->value_classes.emplace_back().name = name;
      } else if (AcceptWord("container")) {
        lltype::Container container;
        container.name = declare(containers_, program_->containers.size());
        program_->containers.Add(std::move(container));
      } else if (AcceptWord("method")) {
        program_->methods.emplace_back().name = Name();
      } else if (Accept("global $")) {
        std::string name = declare(globals_, program_->globals.size());
        program_->globals.emplace_back().name = name;
      } else if (AcceptWord("external")) {
        std::string name = declare(externals_, program_->externals.size());
        program_->externals.emplace_back().symbol = name;
      } else if (AcceptWord("dispatch")) {
        std::string name = declare(dispatch_tables_, program_->dispatch_tables.size());
        program_->dispatch_tables.emplace_back().name = name;
      } else if (Accept("function @")) {
        auto function = std::make_unique<FunctionInfo>();
        function->name = declare(functions_, program_->functions.size());
        program_->AddFunction(std::move(function));
      }
    }
  }

  // --- Types and constants.

  std::vector<TypeId> TypeList() {
    std::vector<TypeId> list;
    Expect("(");
    while (ok() && !Accept(")")) {
      if (!list.empty()) Expect(",");
      list.push_back(Type());
    }
    return list;
  }

  TypeId Type() {
    SkipSpace();
    std::string_view word = rest_.substr(0, PlainNameLength(rest_));
    for (int k = 0; k <= static_cast<int>(TypeKind::kTuple); ++k) {
      auto kind = static_cast<TypeKind>(k);
      if (word != Spelling(kind)) continue;
      rest_.remove_prefix(word.size());
      return TypeOfKind(kind);
    }
    Fail(fmt::format("expected a type before '{}'", rest_.substr(0, 30)));
    return TypeTable::Void();
  }

  TypeId TypeOfKind(TypeKind kind) {
    TypeTable& types = program_->types;
    switch (kind) {
      case TypeKind::kObject:
        return types.Object(Class());
      case TypeKind::kValue:
        return types.Value(ValueClassId(Lookup(value_classes_, "value class")));
      case TypeKind::kPtr:
        return types.Ptr(Container());
      case TypeKind::kArray:
      case TypeKind::kRef: {
        Expect("<");
        TypeId element = Type();
        Expect(">");
        return kind == TypeKind::kArray ? types.Array(element) : types.Ref(element);
      }
      case TypeKind::kTable: {
        Expect("<");
        TypeId element = Type();
        Expect(",");
        uint32_t length = Number();
        Expect(">");
        return types.Table(element, length);
      }
      case TypeKind::kFunction: {
        std::vector<TypeId> parameters = TypeList();
        Expect("->");
        return types.Function(Type(), parameters);
      }
      case TypeKind::kTuple:
        return types.Tuple(TypeList());
      default:
        return TypeTable::Primitive(kind);
    }
  }

  std::pair<TypeId, Constant> ParseConstant() {
    SkipSpace();
    if (AcceptWord("true")) return {TypeTable::Bool(), {Constant::Kind::kScalar, 1}};
    if (AcceptWord("false")) return {TypeTable::Bool(), {Constant::Kind::kScalar, 0}};
    if (rest_.starts_with("\"")) {
      return {TypeTable::Str(), {Constant::Kind::kLiteral, program_->Literal(Quoted()).index}};
    }
    if (Accept("zero")) return {TypeAfterColon(), {Constant::Kind::kZero, 0}};
    if (rest_.starts_with("@")) {
      FunctionId function = Function();
      return {TypeAfterColon(), {Constant::Kind::kFunction, function.index}};
    }
    if (Accept("#")) {
      uint32_t object = Number();
      return {TypeAfterColon(), {Constant::Kind::kFrozen, object}};
    }
    if (Accept("imm")) {
      std::string word(rest_.substr(0, rest_.find(':')));
      rest_.remove_prefix(std::min(word.size(), rest_.size()));
      uint64_t bits = std::strtoull(word.c_str(), nullptr, 0);
      return {TypeAfterColon(), {Constant::Kind::kImmediate, bits}};
    }
    std::string number(rest_.substr(0, rest_.find(':')));
    rest_.remove_prefix(std::min(number.size(), rest_.size()));
    TypeId type = TypeAfterColon();
    uint64_t bits = 0;
    if (IsFloat(program_->types.Kind(type)) && !number.starts_with("0x")) {
      bits = std::bit_cast<uint64_t>(std::strtod(number.c_str(), nullptr));
    } else if (number.starts_with("-")) {
      bits = static_cast<uint64_t>(std::strtoll(number.c_str(), nullptr, 0));
    } else {
      bits = std::strtoull(number.c_str(), nullptr, 0);
    }
    return {type, {Constant::Kind::kScalar, bits}};
  }

  TypeId TypeAfterColon() {
    Expect(":");
    return Type();
  }

  // --- Top level.

  void ParseBoxing() {
    flowgraph::Boxing& boxing = program_->boxing;
    if (AcceptWord("nan")) {
      boxing.scheme = BoxingScheme::kNan;
    } else if (AcceptWord("tagged")) {
      boxing.scheme = BoxingScheme::kTagged;
    } else {
      return Fail("expected nan or tagged");
    }
    if (AcceptWord("float")) boxing.float_container = Container();
    if (AcceptWord("int")) boxing.int_container = Container();
  }

  void ParseTopLevel() {
    if (AcceptWord("weft")) return ParseStage();
    if (AcceptWord("class")) return ParseClass();
    if (AcceptWord("value")) return ParseValueClass();
    if (AcceptWord("container")) return ParseContainer();
    if (AcceptWord("method")) return ParseMethod();
    if (Accept("global")) return ParseGlobal();
    if (AcceptWord("external")) return ParseExternal();
    if (AcceptWord("dispatch")) return ParseDispatch();
    if (AcceptWord("frozen")) return ParseFrozen();
    if (Accept("function")) return ParseFunction();
    if (AcceptWord("known")) {
      if (AcceptWord("object")) program_->known.object = Class();
      if (AcceptWord("exception")) program_->known.exception = Class();
      if (AcceptWord("weak_ref")) program_->known.weak_ref = Class();
      return;
    }
    if (AcceptWord("boxing")) return ParseBoxing();
    if (AcceptWord("entry")) {
      program_->entry = Function();
    } else if (AcceptWord("initializer")) {
      program_->initializer = Function();
    } else if (AcceptWord("host_error")) {
      program_->host_error = Function();
    } else if (AcceptWord("memory_error")) {
      program_->memory_error = Global();
    } else if (AcceptWord("stack_overflow_error")) {
      program_->stack_overflow_error = Global();
    } else {
      Fail(fmt::format("expected a declaration before '{}'", rest_.substr(0, 30)));
    }
  }

  void ParseStage() {
    for (Stage stage : {Stage::kSource, Stage::kAnnotated, Stage::kRtyped, Stage::kWoven}) {
      if (AcceptWord(StageName(stage))) {
        program_->stage = stage;
        if (AcceptWord(TypeSystemName(TypeSystem::kOotype))) {
          program_->type_system = TypeSystem::kOotype;
        }
        return;
      }
    }
    Fail("expected a stage: source, annotated, rtyped or woven");
  }

  // Calls f for each line up to "}".
  template <typename F>
  void Body(F f) {
    Expect("{");
    while (ok()) {
      if (++line_ >= lines_.size()) {
        Fail("expected '}' before the end of the text");
        return;
      }
      StartLine();
      if (AtEnd()) continue;
      if (Accept("}")) return;
      f();
      if (ok() && !AtEnd()) Fail(fmt::format("unexpected '{}'", rest_.substr(0, 30)));
    }
  }

  FieldInfo ParseField() {
    FieldInfo field;
    field.name = Name();
    Expect(":");
    field.type = Type();
    field.immutable = AcceptWord("immutable");
    return field;
  }

  void ParseClass() {
    ClassId id = Class();
    ClassInfo& cls = program_->cls(id);
    if (Accept(":")) cls.parent = Class();
    cls.is_abstract = AcceptWord("abstract");
    cls.is_exception = AcceptWord("exception");
    if (AcceptWord("unboxed_int")) cls.unboxed = UnboxedKind::kInt;
    if (AcceptWord("unboxed_float")) cls.unboxed = UnboxedKind::kFloat;
    if (AcceptWord("host")) {
      cls.host.name = Name();
      cls.host.is_interface = AcceptWord("interface");
    }
    Body([&] {
      if (AcceptWord("field")) {
        cls.fields.push_back(ParseField());
      } else if (AcceptWord("implements")) {
        MethodId method = Method();
        Expect("=");
        cls.implementations.emplace_back(method, Function());
      } else if (AcceptWord("finalizer")) {
        cls.finalizer = Function();
      } else if (AcceptWord("container")) {
        cls.container = Container();
        program_->containers.Get(cls.container).cls = id;
      } else {
        Fail("expected field, implements, finalizer or container");
      }
    });
  }

  void ParseValueClass() {
    ValueClassInfo& cls =
        program_->value_class(ValueClassId(Lookup(value_classes_, "value class")));
    Body([&] {
      Expect("field");
      cls.fields.push_back(ParseField());
    });
  }

  void ParseContainer() {
    lltype::Container& container = program_->containers.Get(Container());
    if (Accept(":")) container.parent = Container();
    Expect("types");
    container.first_type_id = Number();
    container.last_type_id = Number();
    Expect("size");
    container.fixed_size = Number();
    if (AcceptWord("length_at")) {
      container.length_offset = Number();
      Expect("item_size");
      container.item_size = Number();
    }
    container.has_finalizer = AcceptWord("finalizer");
    for (const auto& [kind, word] : kContainerKinds) {
      if (AcceptWord(word)) container.kind = kind;
    }
    Body([&] {
      bool is_item = AcceptWord("item");
      if (!is_item) Expect("field");
      lltype::Field field;
      field.name = Name();
      Expect(":");
      field.type = Type();
      Expect("at");
      field.offset = Number();
      field.immutable = AcceptWord("immutable");
      (is_item ? container.item_fields : container.fields).push_back(std::move(field));
    });
  }

  void ParseMethod() {
    MethodInfo& method = program_->methods[next_method_++];
    Name();
    Expect("of");
    method.introduced_by = Class();
    Expect(":");
    method.type = Type();
  }

  void ParseGlobal() {
    GlobalInfo& global = program_->global(Global());
    Expect(":");
    global.type = Type();
    if (program_->types.Kind(global.type) == TypeKind::kTable) {
      global.item_types = TypeList();
      Expect("=");
      Expect("[");
      while (ok() && !Accept("]")) {
        if (!global.items.empty()) Expect(",");
        global.items.push_back(ParseConstant().second);
      }
    } else if (Accept("=")) {
      global.initial = ParseConstant().second;
    }
    global.is_constant = AcceptWord("constant");
  }

  void ParseExternal() {
    ExternalInfo& external = program_->external(ExternalId(Lookup(externals_, "external")));
    Expect(":");
    external.type = Type();
    external.is_pure = AcceptWord("pure");
    external.may_raise = AcceptWord("may_raise");
    external.is_noreturn = AcceptWord("noreturn");
    if (AcceptWord("host")) ParseHostMember(external.host);
  }

  void ParseHostMember(HostMember& host) {
    for (const auto& [kind, word] : kHostMemberKinds) {
      if (host.is_valid() || !AcceptWord(word)) continue;
      host.kind = kind;
    }
    if (!host.is_valid()) return Fail("expected static, virtual, interface or new");
    host.owner = Name();
    if (host.kind != HostMemberKind::kConstructor) host.name = Name();
    if (Accept("(")) {
      host.has_parameters = true;
      while (ok() && !Accept(")")) {
        if (!host.parameters.empty()) Expect(",");
        host.parameters.push_back(Name());
      }
    }
    if (Accept("->")) host.result = Name();
  }

  void ParseDispatch() {
    DispatchTable& table = program_->dispatch_tables[Lookup(dispatch_tables_, "dispatch table")];
    Expect(":");
    table.type = Type();
    Expect("from");
    table.first_type_id = Number();
    Expect("[");
    while (ok() && !Accept("]")) {
      if (!table.functions.empty()) Expect(",");
      table.functions.push_back(Accept("-") ? FunctionId() : Function());
    }
  }

  void ParseFrozen() {
    FrozenObject object;
    if (Number() != program_->frozen.size()) Fail("frozen objects must be numbered in order");
    object.container = Container();
    Expect("length");
    object.length = SignedNumber();
    if (AcceptWord("hash")) object.identity_hash = Number();
    Expect("bytes");
    SkipSpace();
    if (!Accept("-")) {
      while (rest_.size() >= 2 && rest_[0] != ' ') {
        uint8_t byte = 0;
        if (std::from_chars(rest_.data(), rest_.data() + 2, byte, 16).ptr != rest_.data() + 2) {
          return Fail("expected bytes as pairs of hexadecimal digits");
        }
        object.bytes.push_back(byte);
        rest_.remove_prefix(2);
      }
    }
    while (ok() && !AtEnd()) {
      uint32_t offset = Number();
      Expect("=");
      if (Accept("#")) {
        object.objects.push_back({offset, FrozenId(Number())});
      } else {
        object.functions.push_back({offset, Function()});
      }
    }
    program_->frozen.push_back(std::move(object));
  }

  // --- Functions.

  void ParseFunction() {
    FunctionInfo& function = program_->function(Function());
    Expect(":");
    function.type = Type();
    FunctionHints& hints = function.hints;
    hints.always_inline = AcceptWord("always_inline");
    hints.never_inline = AcceptWord("never_inline");
    hints.elidable = AcceptWord("elidable");
    hints.interpreter_loop = AcceptWord("interpreter_loop");
    hints.cold = AcceptWord("cold");
    hints.unroll = AcceptWord("unroll");
    function.has_this = AcceptWord("this");
    function.is_constructor = AcceptWord("constructor");
    function.is_noreturn = AcceptWord("noreturn");
    if (AcceptWord("export")) function.export_name = Name();
    function.may_raise = !AcceptWord("cannot_raise");
    function.may_collect = !AcceptWord("cannot_collect");
    if (AcceptWord("part_of")) function.part_of = Function();
    function.loc = loc_;
    graph_ = &function.graph;
    block_ = nullptr;
    values_.clear();
    DeclareValues();
    Body([&] { ParseGraphLine(); });
  }

  // Blocks and values may be used before the line that defines them.
  void DeclareValues() {
    size_t function_line = line_;
    for (++line_; line_ < lines_.size() && ok(); ++line_) {
      StartLine();
      if (Accept("}")) break;
      if (IsBlockHeader()) {
        BlockId block = graph_->AddBlock();
        Expect("b");
        if (Number() != block.index) Fail("blocks must be numbered in order");
        if (!Accept("(")) continue;
        for (bool is_first = true; ok() && !Accept(")"); is_first = false) {
          if (!is_first) Expect(",");
          uint32_t number = DefinedNumber();
          Expect(":");
          values_[number] = graph_->AddArgument(block, Type());
        }
      } else if (Accept("%")) {
        uint32_t number = Number();
        if (values_.contains(number)) Fail(fmt::format("%{} is defined twice", number));
        Expect(":");
        values_[number] = graph_->AddResult(Type());
      }
    }
    line_ = function_line;
    StartLine();
    size_t brace = rest_.rfind('{');
    rest_ = brace == std::string_view::npos ? std::string_view() : rest_.substr(brace);
  }

  bool IsBlockHeader() const {
    return rest_.size() > 1 && rest_[0] == 'b' && rest_[1] >= '0' && rest_[1] <= '9';
  }

  uint32_t DefinedNumber() {
    Expect("%");
    uint32_t number = Number();
    if (values_.contains(number)) Fail(fmt::format("%{} is defined twice", number));
    return number;
  }

  ValueId Value() {
    if (!Accept("%")) {
      auto [type, constant] = ParseConstant();
      return ok() ? graph_->AddConstant(type, constant) : ValueId();
    }
    if (AcceptWord("none")) return ValueId();
    uint32_t number = Number();
    auto it = values_.find(number);
    if (it != values_.end()) return it->second;
    Fail(fmt::format("%{} is not defined", number));
    return {};
  }

  Link ParseLink() {
    Link link;
    Expect("b");
    link.target = BlockId(Number());
    if (link.target.index >= graph_->blocks().size()) Fail("there is no such block");
    if (Accept("(")) {
      while (ok() && !Accept(")")) {
        if (!link.args.empty()) Expect(",");
        link.args.push_back(Value());
      }
    }
    return link;
  }

  void ParseGraphLine() {
    if (IsBlockHeader()) {
      Expect("b");
      block_ = &graph_->block(BlockId(Number()));
      // The arguments were read when they were declared.
      if (Accept("(")) {
        while (ok() && !Accept(")")) {
          Accept(",");
          Expect("%");
          Number();
          Expect(":");
          Type();
        }
      }
      block_->is_cold = AcceptWord("cold");
      Expect(":");
      return;
    }
    if (block_ == nullptr) return Fail("expected a block");
    if (AcceptWord("except")) {
      block_->on_exception = ParseLink();
    } else if (!ParseExit()) {
      ParseOperation();
    }
  }

  bool ParseExit() {
    Exit& exit = block_->exit;
    if (AcceptWord("none")) return true;
    if (AcceptWord("jump")) {
      exit.kind = ExitKind::kJump;
      exit.links.push_back(ParseLink());
    } else if (AcceptWord("branch")) {
      exit.kind = ExitKind::kBranch;
      exit.value = Value();
      exit.links.push_back(ParseLink());
      exit.links.push_back(ParseLink());
    } else if (AcceptWord("switch")) {
      exit.kind = ExitKind::kSwitch;
      exit.value = Value();
      Expect("[");
      while (ok() && !Accept("]")) {
        if (!exit.cases.empty()) Expect(",");
        exit.cases.push_back(SignedNumber());
        Expect(":");
        exit.links.push_back(ParseLink());
      }
      exit.links.push_back(ParseLink());
    } else if (AcceptWord("return")) {
      exit.kind = ExitKind::kReturn;
      if (!AtEnd()) exit.value = Value();
    } else if (AcceptWord("raise")) {
      exit.kind = ExitKind::kRaise;
      exit.value = Value();
    } else if (AcceptWord("unreachable")) {
      exit.kind = ExitKind::kUnreachable;
    } else {
      return false;
    }
    exit.loc = loc_;
    return true;
  }

  void ParseOperation() {
    Operation op{.opcode = Opcode::kAdd, .loc = loc_, .result = {}, .args = {}};
    if (Accept("%")) {
      op.result = values_[Number()];
      Expect(":");
      Type();
      Expect("=");
    }
    std::string name = Name();
    std::optional<Opcode> opcode = OpcodeByName(name);
    if (!opcode) return Fail(fmt::format("no operation is called '{}'", name));
    op.opcode = *opcode;
    if (op.info().imm == Imm::Path && !rest_.starts_with("{")) {
      // An empty path is not written.
      op.imm2 = program_->EmptyPath().index;
    } else if (op.info().imm != Imm::None) {
      Expect("{");
      ParseImmediate(op);
      Expect("}");
    }
    while (ok() && !AtEnd()) {
      if (!op.args.empty()) Expect(",");
      op.args.push_back(Value());
    }
    block_->ops.push_back(std::move(op));
  }

  // ".0'token.2'line": the names are for readers.
  uint32_t ParsePath() {
    std::vector<uint32_t> steps;
    while (ok() && Accept(".")) {
      steps.push_back(Number());
      if (Accept("'")) rest_.remove_prefix(std::min(rest_.size(), FieldNameLength()));
    }
    return program_->Path(std::move(steps)).index;
  }

  size_t FieldNameLength() const {
    size_t end = rest_.find_first_of(".} ");
    return end == std::string_view::npos ? rest_.size() : end;
  }

  void ParseFieldIndex(Operation& op) {
    op.imm = Container().index;
    Expect(".");
    op.imm2 = Number();
    // Flattened fields have names such as token.line.
    if (Accept("'")) rest_.remove_prefix(std::min(rest_.size(), rest_.find('}')));
  }

  void ParseImmediate(Operation& op) {
    switch (op.info().imm) {
      case Imm::None:
        return;
      case Imm::Type:
        op.imm = Type().index;
        return;
      case Imm::Function:
        op.imm = Function().index;
        return;
      case Imm::Method:
        op.imm = Method().index;
        return;
      case Imm::External:
        op.imm = Lookup(externals_, "external");
        return;
      case Imm::Class:
        op.imm = Class().index;
        return;
      case Imm::ClassPath:
        op.imm = Class().index;
        op.imm2 = ParsePath();
        return;
      case Imm::Path:
        op.imm2 = ParsePath();
        return;
      case Imm::ValuePath:
        op.imm = Lookup(value_classes_, "value class");
        op.imm2 = ParsePath();
        return;
      case Imm::ValueClass:
        op.imm = Lookup(value_classes_, "value class");
        return;
      case Imm::GlobalPath:
        op.imm = Global().index;
        op.imm2 = ParsePath();
        return;
      case Imm::Global:
        op.imm = Global().index;
        return;
      case Imm::GlobalField:
        op.imm = Global().index;
        op.imm2 = Number();
        return;
      case Imm::Container:
        op.imm = Container().index;
        return;
      case Imm::Field:
      case Imm::ItemField:
        return ParseFieldIndex(op);
      case Imm::Dispatch:
        op.imm = Lookup(dispatch_tables_, "dispatch table");
        return;
      case Imm::Index:
        op.imm = Number();
        return;
    }
  }

  std::unique_ptr<Program> program_;
  std::vector<std::string_view> lines_;
  size_t line_ = 0;
  std::string_view rest_;
  SourceLoc loc_;
  std::string error_;
  size_t error_line_ = 0;

  Names classes_;
  Names value_classes_;
  Names containers_;
  Names globals_;
  Names externals_;
  Names functions_;
  Names dispatch_tables_;
  size_t next_method_ = 0;

  Graph* graph_ = nullptr;
  Block* block_ = nullptr;
  absl::flat_hash_map<uint32_t, ValueId> values_;
};

}  // namespace

ErrorOr<std::unique_ptr<Program>> Parse(std::string_view text) { return Parser(text).Run(); }

}  // namespace weft::flowgraph
