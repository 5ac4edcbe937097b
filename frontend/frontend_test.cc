#include "frontend/frontend.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "common/file.h"
#include "flowgraph/text.h"
#include "flowgraph/verifier.h"

namespace weft::frontend {
namespace {

// A program of several files in a folder of its own; the first is the one that is named.
class Project {
 public:
  using Files = std::vector<std::pair<std::string, std::string>>;

  explicit Project(const Files& files, bool check_everything = false, const std::string& host = "")
      : diagnostics_(program_.files) {
    static int count = 0;
    const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("weft_frontend_") + test->name() + std::to_string(count++));
    std::filesystem::create_directories(folder_);
    FrontendOptions options;
    for (const auto& [name, text] : files) {
      EXPECT_TRUE(WriteFile((folder_ / name).string(), text).ok());
    }
    options.sources = {(folder_ / files[0].first).string()};
    options.include_dirs = {std::filesystem::current_path().string()};
    options.check_everything = check_everything;
    options.host = host;
    if (!host.empty()) options.backend = host;
    result_ = Parse(options, diagnostics_, program_);
  }
  ~Project() { std::filesystem::remove_all(folder_); }

  const FrontendResult& result() const { return result_; }
  flowgraph::Program& program() { return program_; }

  // All messages, Clang's first.
  std::string Messages() const { return result_.clang_messages + diagnostics_.Render(); }

  // The codes that were reported, in the order of the source.
  std::vector<std::string> Codes() const {
    std::vector<std::string> codes;
    for (const Diagnostic* diagnostic : diagnostics_.Sorted()) {
      codes.emplace_back(diagnostic->code());
    }
    return codes;
  }

  FunctionId Find(std::string_view name) const {
    for (size_t i = 0; i < program_.functions.size(); ++i) {
      if (program_.functions[i]->name == name) return FunctionId(i);
    }
    return FunctionId();
  }

  // The text of a function, without its first and last line.
  std::string Body(std::string_view name) const {
    FunctionId id = Find(name);
    if (!id.is_valid()) return "no function " + std::string(name);
    std::string text = flowgraph::PrintFunction(program_, id);
    size_t start = text.find('\n') + 1;
    return text.substr(start, text.rfind('}') - start);
  }

 private:
  std::filesystem::path folder_;
  flowgraph::Program program_;
  DiagnosticEngine diagnostics_;
  FrontendResult result_;
};

using Files = Project::Files;

// A program of one file that must be right: `code`, called by nothing but run.
class Snippet : public Project {
 public:
  Snippet(const std::string& code, const std::string& run, const std::string& host = "")
      : Project(Files{{"main.cc", "#include \"dsl/weft.h\"\nusing namespace weft;\n" + code +
                                      "\nint run(Array<Str> args) { " + run +
                                      " return 0; }\nWEFT_MAIN(run)\n"}},
                /*check_everything=*/false, host) {
    EXPECT_TRUE(result().ok) << Messages();
    if (!result().ok) return;
    for (const std::string& fault : flowgraph::Verify(program())) ADD_FAILURE() << fault;
  }
};

TEST(Frontend, TranslatesLocalsAndLoops) {
  Snippet snippet("int sum(int n) { int s = 0; while (n) s += n--; return s; }", "sum(3);");
  EXPECT_EQ(snippet.Body("sum"),
            "b0(%0: i32):\n"
            "  %1: ref<i32> = local{i32}\n"
            "  %2: ref<i32> = local{i32}\n"
            "  ref_set %1, %0\n"
            "  ref_set %2, 0:i32\n"
            "  jump b1\n"
            "b1:\n"
            "  %3: i32 = ref_get %1\n"
            "  %4: bool = ne %3, 0:i32\n"
            "  branch %4 b2 b3\n"
            "b2:\n"
            "  %5: i32 = ref_get %1\n"
            "  %6: i32 = sub %5, 1:i32\n"
            "  ref_set %1, %6\n"
            "  %7: i32 = ref_get %2\n"
            "  %8: i32 = add %7, %5\n"
            "  ref_set %2, %8\n"
            "  jump b1\n"
            "b3:\n"
            "  jump b4\n"
            "b4:\n"
            "  %9: i32 = ref_get %2\n"
            "  return %9\n");
}

TEST(Frontend, ReadsFieldsOfValuesInObjectsDirectly) {
  Snippet snippet(
      "struct Point { int x; int y; };\n"
      "class Shape : public Object { public: Point at; };\n"
      "int y(Shape* s) { return s->at.y; }",
      "y(new Shape());");
  EXPECT_EQ(snippet.Body("y"),
            "b0(%0: obj Shape):\n"
            "  %1: ref<obj Shape> = local{obj Shape}\n"
            "  ref_set %1, %0\n"
            "  %2: obj Shape = ref_get %1\n"
            "  check_nonnull %2\n"
            "  %3: i32 = field_get{Shape .0'at.1'y} %2\n"
            "  return %3\n");
}

TEST(Frontend, PassesPlacesByReference) {
  Snippet snippet(
      "void bump(int& n) { n++; }\n"
      "void use(Array<int> a) { bump(a[2]); }",
      "use(Array<int>(3));");
  EXPECT_EQ(snippet.Body("use"),
            "b0(%0: array<i32>):\n"
            "  %1: ref<array<i32>> = local{array<i32>}\n"
            "  ref_set %1, %0\n"
            "  %2: array<i32> = ref_get %1\n"
            "  check_nonnull %2\n"
            "  %3: i64 = array_length %2\n"
            "  check_index 2:i64, %3\n"
            "  %4: ref<i32> = array_ref %2, 2:i64\n"
            "  call{@bump} %4\n"
            "  return\n");
  EXPECT_EQ(snippet.Body("bump"),
            "b0(%0: ref<i32>):\n"
            "  %1: i32 = ref_get %0\n"
            "  %2: i32 = add %1, 1:i32\n"
            "  ref_set %0, %2\n"
            "  return\n");
}

TEST(Frontend, MethodsOfHandlesTakeThemByValue) {
  Snippet snippet(
      "class Data : public Object { public: int n = 0; };\n"
      "class WEFT_HANDLE Box {\n"
      " public:\n"
      "  Box() : data_(new Data()) {}\n"
      "  int get() const { return data_->n; }\n"
      " private:\n"
      "  Data* data_;\n"
      "};",
      "Box().get();");
  EXPECT_EQ(snippet.Body("Box::get"),
            "b0(%0: val Box):\n"
            "  %1: obj Data = value_get{Box .0'data_} %0\n"
            "  check_nonnull %1\n"
            "  %2: i32 = field_get{Data .0'n} %1\n"
            "  return %2\n");
}

TEST(Frontend, CallsVirtualMethodsByTheClassThatIntroducesThem) {
  Snippet snippet(
      "class Animal : public Object { public: virtual int legs() { return 4; } };\n"
      "class Bird : public Animal { public: int legs() override { return 2; } };\n"
      "int count(Bird* b) { return b->legs(); }",
      "count(new Bird());");
  EXPECT_NE(snippet.Body("count").find("call_virtual{Animal::legs/"), std::string::npos)
      << snippet.Body("count");
}

TEST(Frontend, ToldOfAHostDefinesItsMacro) {
  const char* source =
      "#include \"dsl/weft.h\"\n"
      "#if defined(WEFT_HOST_JVM) || !defined(WEFT_HOST_CLI)\n#error not what was asked "
      "for\n#endif\n"
      "int Main(weft::Array<weft::Str>) { return 0; }\nWEFT_MAIN(Main)\n";
  EXPECT_TRUE(Project(Files{{"main.cc", source}}, false, "cli").result().ok);
  EXPECT_FALSE(Project(Files{{"main.cc", source}}, false, "jvm").result().ok);
  EXPECT_FALSE(Project(Files{{"main.cc", source}}).result().ok);
}

constexpr char kHostClass[] = R"cpp(
  class WEFT_HOST_CLASS("jvm:java.util.regex.Pattern", "cli:[System]System.Text.Regex") Regex
      : public HostObject {
   public:
    WEFT_HOST_METHOD("jvm:static compile", "cli:new")
    static Regex* compile(Str text) {
      auto* made = new Regex();
      made->text = text;
      return made;
    }
    WEFT_HOST_METHOD("jvm:matcher(java.lang.CharSequence)", "cli:object Match(string)")
    bool match(Str other) noexcept { return other == text; }
    Str text;
  };
  class WEFT_HOST_CLASS("jvm:interface java.util.List") Items : public HostObject {
   public:
    WEFT_HOST_METHOD("jvm:java.lang.Object get(int)")
    Regex* get(int at) { return nullptr; }
  };
  bool test(Items* items) { return Regex::compile("a")->match("b") && items->get(3) != nullptr; }
  bool caught(Items* items) {
    try {
      items->get(1);
    } catch (HostError* error) {
      return true;
    }
    return false;
  }
)cpp";

// The text of the external for a function of the host.
std::string HostExternal(const flowgraph::Program& program, std::string_view symbol) {
  std::string text = flowgraph::Print(program);
  size_t start = text.find("external \"" + std::string(symbol));
  if (start == std::string::npos) return "no external " + std::string(symbol);
  return text.substr(start, text.find('\n', start) - start);
}

TEST(Frontend, FunctionsOfTheHostAreExternals) {
  Snippet jvm(kHostClass, "test(nullptr); caught(nullptr);", "jvm");
  EXPECT_EQ(HostExternal(jvm.program(), "Regex::compile"),
            "external \"Regex::compile(weft::Str)\": fn(str)->obj Regex may_raise host static "
            "\"java.util.regex.Pattern\" compile");
  EXPECT_EQ(HostExternal(jvm.program(), "Regex::match"),
            "external \"Regex::match(weft::Str)\": fn(obj Regex, str)->bool host virtual "
            "\"java.util.regex.Pattern\" matcher (\"java.lang.CharSequence\")");
  EXPECT_EQ(HostExternal(jvm.program(), "Items::get"),
            "external \"Items::get(int)\": fn(obj Items, i32)->obj Regex may_raise host interface "
            "\"java.util.List\" get (int) -> \"java.lang.Object\"");
  EXPECT_FALSE(jvm.Find("Regex::compile").is_valid());
  EXPECT_NE(jvm.Body("caught").find("call_external{\"Items::get(int)\"} %3, 1:i32\n"
                                    "  jump b5\n  except b2\n"),
            std::string::npos)
      << jvm.Body("caught");
  ASSERT_TRUE(jvm.program().host_error.is_valid());
  EXPECT_EQ(jvm.program().function(jvm.program().host_error).name, "weft::make_host_error");

  Snippet cli(kHostClass, "test(nullptr);", "cli");
  EXPECT_EQ(HostExternal(cli.program(), "Regex::compile"),
            "external \"Regex::compile(weft::Str)\": fn(str)->obj Regex may_raise host new "
            "\"[System]System.Text.Regex\"");
  EXPECT_EQ(HostExternal(cli.program(), "Regex::match"),
            "external \"Regex::match(weft::Str)\": fn(obj Regex, str)->bool host virtual "
            "\"[System]System.Text.Regex\" Match (string) -> object");
  // What this host does not have is what its body says.
  EXPECT_TRUE(cli.Find("Items::get").is_valid());

  Snippet c(kHostClass, "test(nullptr);");
  EXPECT_TRUE(c.Find("Regex::compile").is_valid());
  EXPECT_TRUE(c.Find("Regex::match").is_valid());
  EXPECT_FALSE(c.program().host_error.is_valid());
}

TEST(Frontend, ExportedFunctionsHaveTheirNameAndStay) {
  Snippet snippet("namespace api { WEFT_EXPORT Str greet(Str name) { return \"hello \" + name; } }",
                  "");
  FunctionId id = snippet.Find("api::greet");
  ASSERT_TRUE(id.is_valid());
  EXPECT_EQ(snippet.program().function(id).export_name, "greet");
}

TEST(Frontend, CleansUpOnEveryWayOut) {
  Snippet snippet(
      "int depth = 0;\n"
      "struct Guard { Guard() { depth++; } ~Guard() { depth--; } Guard(const Guard&) = delete; };\n"
      "int work(int n) { return n; }\n"
      "int guarded(int n) { Guard g; return work(n); }",
      "guarded(1);");
  EXPECT_EQ(snippet.Body("guarded"),
            "b0(%0: i32):\n"
            "  %1: ref<i32> = local{i32}\n"
            "  %2: ref<val Guard> = local{val Guard}\n"
            "  ref_set %1, %0\n"
            "  call{@Guard::Guard} %2\n"
            "  %3: i32 = ref_get %1\n"
            "  %4: i32 = call{@work} %3\n"
            "  jump b2\n"
            "  except b1\n"
            "b1(%5: obj weft::Exception) cold:\n"
            "  call{@Guard::~Guard} %2\n"
            "  raise %5\n"
            "b2:\n"
            "  call{@Guard::~Guard} %2\n"
            "  return %4\n");
}

TEST(Frontend, TriesHandlersInOrder) {
  Snippet snippet(
      "void work() {}\n"
      "int caught() {\n"
      "  try { work(); } catch (ValueError* e) { return 1; } catch (...) { return 2; }\n"
      "  return 3;\n"
      "}",
      "caught();");
  EXPECT_EQ(snippet.Body("caught"),
            "b0:\n"
            "  %0: ref<obj weft::ValueError> = local{obj weft::ValueError}\n"
            "  call{@work}\n"
            "  jump b5\n"
            "  except b2\n"
            "b1:\n"
            "  return 3:i32\n"
            "b2(%1: obj weft::Exception) cold:\n"
            "  %2: bool = isa{weft::ValueError} %1\n"
            "  branch %2 b4 b3\n"
            "b3:\n"
            "  return 2:i32\n"
            "b4:\n"
            "  %3: obj weft::ValueError = upcast %1\n"
            "  ref_set %0, %3\n"
            "  return 1:i32\n"
            "b5:\n"
            "  jump b1\n");
}

TEST(Frontend, SwitchFallsThrough) {
  Snippet snippet(
      "int pick(int n) { switch (n) { case 1: n = 5; case 2: case -3: return n; } return 0; }",
      "pick(1);");
  std::string body = snippet.Body("pick");
  EXPECT_NE(body.find("switch %2 [1: b2, 2: b3, -3: b4] b1"), std::string::npos) << body;
}

TEST(Frontend, FlattensTables) {
  Snippet snippet(
      "int twice(int n) { return 2 * n; }\n"
      "struct Rule { Str name; uint8_t level; int (*apply)(int); };\n"
      "const Rule kRules[2][1] = {{{\"a\", 1, twice}}, {{\"b\", 255, nullptr}}};\n"
      "int level(int i) { return kRules[i][0].level; }",
      "level(1);");
  const flowgraph::Program& program = snippet.program();
  const flowgraph::GlobalInfo* table = nullptr;
  for (const flowgraph::GlobalInfo& global : program.globals) {
    if (global.name == "kRules") table = &global;
  }
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(program.TypeName(table->type), "table<Rule, 2>");
  ASSERT_EQ(table->items.size(), 6u);
  EXPECT_EQ(table->item_types.size(), 3u);
  EXPECT_EQ(table->items[0].kind, flowgraph::Constant::Kind::kLiteral);
  EXPECT_EQ(table->items[2].kind, flowgraph::Constant::Kind::kFunction);
  EXPECT_EQ(table->items[4].bits, 255u);
  EXPECT_EQ(table->items[5].kind, flowgraph::Constant::Kind::kZero);
}

TEST(Frontend, InstantiatesTemplatesAndNamesThem) {
  Snippet snippet(
      "template <class T> T larger(T a, T b) { return a < b ? b : a; }\n"
      "int both(int n) { return larger(n, 3) + static_cast<int>(larger(1.5, 2.5)); }",
      "both(1);");
  EXPECT_TRUE(snippet.Find("larger<int>").is_valid());
  EXPECT_TRUE(snippet.Find("larger<double>").is_valid());
}

TEST(Frontend, TellsOverloadsApart) {
  Snippet snippet("int f(int n) { return n; } int f(bool b) { return b; }", "f(1) + f(true);");
  EXPECT_TRUE(snippet.Find("f(int)").is_valid());
  EXPECT_TRUE(snippet.Find("f(bool)").is_valid());
}

TEST(Frontend, LeavesOutWhatNothingReaches) {
  Snippet snippet(
      "class Used : public Object { public: virtual int f() { return 1; } };\n"
      "class Unused : public Used { public: int f() override { return 2; } };\n"
      "int idle() { return 1; }\n"
      "int busy() { return (new Used())->f(); }",
      "busy();");
  EXPECT_TRUE(snippet.Find("busy").is_valid());
  EXPECT_TRUE(snippet.Find("Used::f").is_valid());
  EXPECT_FALSE(snippet.Find("idle").is_valid());
  EXPECT_FALSE(snippet.Find("Unused::f").is_valid());
}

TEST(Frontend, EveryOperationHasAPlaceInTheSource) {
  Snippet snippet("int f(Array<int> a) { a[0] += 2; return a[1] / a[0]; }", "f(Array<int>(3));");
  for (const auto& function : snippet.program().functions) {
    for (const flowgraph::Block& block : function->graph.blocks()) {
      for (const flowgraph::Operation& op : block.ops) {
        EXPECT_TRUE(op.loc.is_valid()) << function->name << ": " << op.info().name;
      }
    }
  }
}

TEST(Frontend, FindsTheSourcesOfHeaders) {
  Project project(Files{
      {"main.cc",
       "#include \"dsl/weft.h\"\n#include \"outer.h\"\n"
       "int run(weft::Array<weft::Str> args) { return outer(1); }\nWEFT_MAIN(run)\n"},
      {"outer.h", "#pragma once\nint outer(int n);\n"},
      {"outer.cc",
       "#include \"outer.h\"\n#include \"inner.h\"\n"
       "int outer(int n) { return inner(n); }\n"},
      {"inner.h", "#pragma once\nint inner(int n);\n"},
      {"inner.cc", "#include \"inner.h\"\nint inner(int n) { return n + 1; }\n"},
  });
  EXPECT_TRUE(project.result().ok) << project.Messages();
  EXPECT_EQ(project.result().sources.size(), 3u);
  EXPECT_TRUE(project.Find("inner").is_valid());
  EXPECT_TRUE(flowgraph::Verify(project.program()).empty());
}

TEST(Frontend, StaticFunctionsOfOneNameAreTwo) {
  Project project(Files{
      {"main.cc",
       "#include \"dsl/weft.h\"\n#include \"other.h\"\n"
       "static int helper() { return 1; }\n"
       "int run(weft::Array<weft::Str> args) { return helper() + other(); }\nWEFT_MAIN(run)\n"},
      {"other.h", "int other();\n"},
      {"other.cc",
       "#include \"other.h\"\nstatic int helper() { return 2; }\n"
       "int other() { return helper(); }\n"},
  });
  EXPECT_TRUE(project.result().ok) << project.Messages();
  EXPECT_TRUE(project.Find("helper() [main.cc:3]").is_valid());
  EXPECT_TRUE(project.Find("helper() [other.cc:2]").is_valid());
}

TEST(Frontend, OneClassInTwoSourcesIsOne) {
  Project project(Files{
      {"main.cc",
       "#include \"dsl/weft.h\"\n#include \"node.h\"\n"
       "int run(weft::Array<weft::Str> args) { return (new Node())->get(); }\nWEFT_MAIN(run)\n"},
      {"node.h",
       "#pragma once\n#include \"dsl/weft.h\"\n"
       "class Node : public weft::Object { public: int get(); weft::List<Node*> all; };\n"},
      {"node.cc", "#include \"node.h\"\nint Node::get() { return 2; }\n"},
  });
  EXPECT_TRUE(project.result().ok) << project.Messages();
  int count = 0;
  for (const flowgraph::ClassInfo& cls : project.program().classes) count += cls.name == "Node";
  EXPECT_EQ(count, 1);
}

TEST(Frontend, RefusesTwoDefinitionsOfAFunction) {
  Project project(Files{
      {"main.cc",
       "#include \"dsl/weft.h\"\n#include \"other.h\"\n"
       "int twice() { return 1; }\n"
       "int run(weft::Array<weft::Str> args) { return twice(); }\nWEFT_MAIN(run)\n"},
      {"other.h", "int twice();\n"},
      {"other.cc", "#include \"other.h\"\nint twice() { return 2; }\n"},
  });
  EXPECT_EQ(project.Codes(), std::vector<std::string>{"W0117"}) << project.Messages();
}

TEST(Frontend, RefusesTwoClassesOfOneName) {
  Project project(Files{
      {"main.cc",
       "#include \"dsl/weft.h\"\n#include \"other.h\"\n"
       "struct Pair { int a; };\n"
       "int run(weft::Array<weft::Str> args) { Pair p{1}; return p.a + other(); }\n"
       "WEFT_MAIN(run)\n"},
      {"other.h", "int other();\n"},
      {"other.cc",
       "#include \"other.h\"\nstruct Pair { int b; int c; };\n"
       "int other() { Pair p{1, 2}; return p.c; }\n"},
  });
  EXPECT_EQ(project.Codes(), std::vector<std::string>{"W0212"}) << project.Messages();
}

TEST(Frontend, GlobalsAreInitialisedAcrossSourcesBeforeTheirUse) {
  Project project(Files{
      {"main.cc",
       "#include \"dsl/weft.h\"\n#include \"other.h\"\n"
       "weft::List<int> copy = make();\n"
       "int run(weft::Array<weft::Str> args) { return copy[0]; }\nWEFT_MAIN(run)\n"},
      {"other.h", "#pragma once\n#include \"dsl/weft.h\"\nweft::List<int> make();\n"},
      {"other.cc",
       "#include \"other.h\"\nweft::List<int> numbers;\n"
       "weft::List<int> make() { return numbers; }\n"},
  });
  ASSERT_TRUE(project.result().ok) << project.Messages();
  std::string order = project.Body("initialize globals");
  EXPECT_LT(order.find("initialize numbers"), order.find("initialize copy")) << order;
}

TEST(Frontend, RefusesInitialisersThatNeedEachOther) {
  Project project(Files{
      {"main.cc",
       "#include \"dsl/weft.h\"\n#include \"other.h\"\n"
       "weft::List<int> first = second_list();\n"
       "weft::List<int> first_list() { return first; }\n"
       "int run(weft::Array<weft::Str> args) { return first[0]; }\nWEFT_MAIN(run)\n"},
      {"other.h",
       "#pragma once\n#include \"dsl/weft.h\"\n"
       "weft::List<int> first_list();\nweft::List<int> second_list();\n"},
      {"other.cc",
       "#include \"other.h\"\nweft::List<int> second = first_list();\n"
       "weft::List<int> second_list() { return second; }\n"},
  });
  EXPECT_EQ(project.Codes(), std::vector<std::string>{"W0405"}) << project.Messages();
}

TEST(Frontend, PassesClangsErrorsOn) {
  Project project(Files{{"main.cc", "#include \"dsl/weft.h\"\nint run( { return nothing; }\n"}});
  EXPECT_FALSE(project.result().ok);
  EXPECT_NE(project.result().clang_messages.find("main.cc:2:12: error:"), std::string::npos)
      << project.result().clang_messages;
  EXPECT_EQ(project.Codes(), std::vector<std::string>{"W0100"});
}

TEST(Frontend, WantsAnEntry) {
  Project project(Files{{"main.cc", "#include \"dsl/weft.h\"\nint f() { return 1; }\n"}});
  EXPECT_EQ(project.Codes(), std::vector<std::string>{"W0135"});
}

TEST(Frontend, LooksAtUnusedFunctionsOnlyWhenChecking) {
  std::string text =
      "#include \"dsl/weft.h\"\n"
      "int idle() { goto end; end: return 1; }\n"
      "int run(weft::Array<weft::Str> args) { return 0; }\nWEFT_MAIN(run)\n";
  EXPECT_TRUE(Project(Files{{"main.cc", text}}).result().ok);
  EXPECT_EQ(Project(Files{{"main.cc", text}}, /*check_everything=*/true).Codes(),
            (std::vector<std::string>{"W0101", "W0101"}));
}

TEST(Frontend, ReportsUnreadableSources) {
  flowgraph::Program program;
  DiagnosticEngine diagnostics(program.files);
  FrontendOptions options;
  options.sources = {"/nonexistent/main.cc"};
  EXPECT_FALSE(Parse(options, diagnostics, program).ok);
  ASSERT_EQ(diagnostics.diagnostics().size(), 1u);
  EXPECT_EQ(diagnostics.diagnostics()[0].code(), "W0001");
}

TEST(Frontend, SurvivesLongChainsOfOperators) {
  std::string sum = "n";
  for (int i = 0; i < 20000; ++i) sum += " + n";
  Snippet snippet("int f(int n) { return " + sum + "; }", "f(1);");
}

TEST(Frontend, GivesTheSameProgramEveryTime) {
  std::string text =
      "#include \"dsl/weft.h\"\nusing namespace weft;\n"
      "int run(Array<Str> args) {\n"
      "  Dict<Str, List<int>> d; d.set(\"a\", List<int>());\n"
      "  int n = 0; auto f = [&](int x) { n += x; }; f(3);\n"
      "  for (auto [key, value] : d) n += value.length();\n"
      "  return n;\n"
      "}\nWEFT_MAIN(run)\n";
  Project first(Files{{"main.cc", text}});
  Project second(Files{{"main.cc", text}});
  EXPECT_EQ(flowgraph::Print(first.program()), flowgraph::Print(second.program()));
}

}  // namespace
}  // namespace weft::frontend
