#include "backend_jvm/interpreter_loop.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backend_jvm/classes.h"
#include "backend_jvm/types.h"
#include "flowgraph/analysis.h"

namespace weft::backend_jvm {

using backend_common::StackPlan;
using backend_common::ValuePlan;
using flowgraph::Graph;
using flowgraph::Opcode;
using flowgraph::Operation;

namespace {

constexpr std::string_view kFrameClass = "weft/rt/LoopFrame";
constexpr std::string_view kSpecialiserClass = "weft/rt/Specialiser";
constexpr std::string_view kSpecialiserType = "Lweft/rt/Specialiser;";

// The frame that is used next.
constexpr std::string_view kSpareField = "spare";

// How often a loop's method is called before it begins: HotSpot counts to 200 and then to 400, and
// looks after each 128 calls.
constexpr int32_t kCallsAtBegin = 600;
// Code of so many instructions is done before HotSpot is.
constexpr int32_t kLongestOfShort = 16;

// The operation that gives a value; null for arguments and constants.
const Operation* OperationOf(const StackPlan& plan, ValueId id) {
  const ValuePlan& value = plan.value(id);
  if (plan.graph.IsConstant(id) || value.op == backend_common::kAtExit) return nullptr;
  return &plan.graph.block(value.block).ops[value.op];
}

// The position of a value among the arguments of a block, or their number.
size_t ArgumentIndex(const Graph& graph, BlockId block, ValueId value) {
  const auto& args = graph.block(block).args;
  return static_cast<size_t>(std::find(args.begin(), args.end(), value) - args.begin());
}

std::string ResultOf(const std::string& descriptor) {
  return descriptor.substr(descriptor.find(')') + 1);
}

// The descriptors of a method's parameters.
std::vector<std::string> ParametersOf(const std::string& descriptor) {
  std::vector<std::string> parameters;
  for (size_t at = 1; descriptor[at] != ')';) {
    size_t end = descriptor.find_first_not_of('[', at);
    end = descriptor[end] == 'L' ? descriptor.find(';', end) + 1 : end + 1;
    parameters.push_back(descriptor.substr(at, end - at));
    at = end;
  }
  return parameters;
}

}  // namespace

std::optional<InterpreterLoop> FindInterpreterLoop(const flowgraph::Program& program,
                                                   const flowgraph::FunctionInfo& function,
                                                   const StackPlan& plan) {
  if (!function.hints.interpreter_loop) return std::nullopt;
  const Graph& graph = plan.graph;
  BlockId dispatch = flowgraph::LargestSwitch(graph);
  if (!dispatch.is_valid()) return std::nullopt;
  flowgraph::Dominators dominators(graph);
  BlockId head = flowgraph::Loops(graph, dominators).Header(dispatch);
  if (!head.is_valid()) return std::nullopt;
  auto lives_at_head = [&](ValueId id) {
    const auto& live = plan.live_in[head.index];
    return std::find(live.begin(), live.end(), id) != live.end();
  };
  for (BlockId block = dispatch; dominators.Dominates(head, block);
       block = dominators.ImmediateDominator(block)) {
    for (const Operation& op : graph.block(block).ops) {
      if (op.opcode != Opcode::kPromote) continue;
      const Operation* item = OperationOf(plan, op.args[0]);
      if (item == nullptr || item->opcode != Opcode::kGetItem) continue;
      ValueId next = item->args[1];
      const Operation* index = OperationOf(plan, next);
      if (index != nullptr && index->opcode == Opcode::kConvert) next = index->args[0];
      TypeKind kind = program.types.Kind(graph.type(next));
      if (!IsInt(kind) || BitWidth(kind) != 32) continue;
      if (!lives_at_head(item->args[0]) || !lives_at_head(next)) continue;
      if (ArgumentIndex(graph, head, next) == graph.block(head).args.size()) continue;
      return InterpreterLoop{head, item->args[0], next};
    }
    if (block == head) break;
  }
  return std::nullopt;
}

namespace {

// Whether adding this goes forward.
bool IsDistance(const flowgraph::Program& program, const StackPlan& plan, ValueId id) {
  if (plan.graph.IsConstant(id)) {
    int64_t value = flowgraph::ConstantInt(plan.graph, id);
    return value >= 0 && value < 0x10000;
  }
  const Operation* op = OperationOf(plan, id);
  if (op == nullptr || op->opcode != Opcode::kConvert) return false;
  TypeKind from = program.types.Kind(plan.graph.type(op->args[0]));
  return from == TypeKind::kU8 || from == TypeKind::kU16;
}

}  // namespace

Way WayOf(const flowgraph::Program& program, const InterpreterLoop& loop,
          const flowgraph::Link& link, const StackPlan& plan) {
  const Graph& graph = plan.graph;
  ValueId next = link.args[ArgumentIndex(graph, loop.head, loop.next)];
  if (graph.IsConstant(next)) return Way::kCall;
  size_t code = ArgumentIndex(graph, loop.head, loop.code);
  if (code < link.args.size() && link.args[code] != loop.code) return Way::kOther;
  while (next != loop.next) {
    const Operation* op = OperationOf(plan, next);
    if (op == nullptr) return Way::kJump;
    bool is_forward = op->opcode == Opcode::kPin ||
                      (op->opcode == Opcode::kAdd && IsDistance(program, plan, op->args[1]));
    if (!is_forward) return Way::kJump;
    next = op->args[0];
  }
  return Way::kOther;
}

namespace {

// What is behind pins.
ValueId BehindPins(const StackPlan& plan, ValueId id) {
  const Operation* op = OperationOf(plan, id);
  while (op != nullptr && op->opcode == Opcode::kPin) {
    id = op->args[0];
    op = OperationOf(plan, id);
  }
  return id;
}

// The fields, none of which ever changes, that lead from one value to another; none if they do not.
std::optional<std::vector<uint64_t>> PathFrom(const flowgraph::Program& program,
                                              const StackPlan& plan, ValueId from, ValueId to) {
  std::vector<uint64_t> path;
  from = BehindPins(plan, from);
  for (to = BehindPins(plan, to); to != from;) {
    const Operation* op = OperationOf(plan, to);
    if (op == nullptr || op->opcode != Opcode::kGetField) return std::nullopt;
    ContainerId container = program.types.Container(plan.graph.type(op->args[0]));
    if (!program.containers.Get(container).fields[op->imm2].immutable) return std::nullopt;
    path.push_back(uint64_t{container.index} << 32 | op->imm2);
    to = BehindPins(plan, op->args[0]);
  }
  return path;
}

// Calls f(link) for the links to the loop's head.
template <class F>
void ForEachLinkToHead(const InterpreterLoop& loop, const Graph& graph, F f) {
  for (BlockId block : flowgraph::ReversePostorder(graph)) {
    for (const flowgraph::Link& link : graph.block(block).exit.links) {
      if (link.target == loop.head) f(link);
    }
  }
}

}  // namespace

std::optional<size_t> HeadArgumentOf(const flowgraph::Program& program, const InterpreterLoop& loop,
                                     ValueId promoted, const StackPlan& plan) {
  std::optional<size_t> argument;
  if (!IsReference(program.types.Kind(plan.graph.type(promoted)))) return argument;
  ForEachLinkToHead(loop, plan.graph, [&](const flowgraph::Link& link) {
    for (size_t i = 0; i < link.args.size() && !argument; ++i) {
      if (BehindPins(plan, link.args[i]) == promoted) argument = i;
    }
  });
  return argument;
}

std::vector<size_t> HeadArgumentsFrom(const flowgraph::Program& program,
                                      const InterpreterLoop& loop, size_t promoted,
                                      const StackPlan& plan) {
  const auto& head = plan.graph.block(loop.head).args;
  std::vector<size_t> arguments;
  for (size_t i = 0; i < head.size(); ++i) {
    std::optional<std::vector<uint64_t>> path;
    bool follows = i != promoted;
    ForEachLinkToHead(loop, plan.graph, [&](const flowgraph::Link& link) {
      bool is_same = link.args[i] == head[i] && link.args[promoted] == head[promoted];
      if (is_same || !follows) return;
      auto here = PathFrom(program, plan, link.args[promoted], link.args[i]);
      follows = here && (!path || *path == *here);
      path = here;
    });
    if (follows && path) arguments.push_back(i);
  }
  return arguments;
}

namespace {

// Where a local is kept in a frame.
FieldRef FrameField(const LoopInfo& loop, const LoopLocal& local) {
  if (local.slot == loop.code_slot) {
    return {std::string(kFrameClass), "code", "Ljava/lang/Object;"};
  }
  if (local.slot == loop.next_slot) return {std::string(kFrameClass), "next", "I"};
  return {loop.frame, fmt::format("l{}", local.slot), local.descriptor};
}

// A method of the frame that takes the variables from specialised code, in the order of their
// slots. References that are there already are not written again: with most of HotSpot's collectors
// that takes longer than to compare them. A method of its own, because HotSpot puts only short
// methods into their callers. The result says that the loop has not returned.
void AddHandBack(const LoopInfo& loop, ClassFile& file) {
  std::vector<LoopLocal> variables;
  for (const LoopLocal& local : loop.locals) {
    if (local.is_variable) variables.push_back(local);
  }
  std::sort(variables.begin(), variables.end(),
            [](const LoopLocal& a, const LoopLocal& b) { return a.slot < b.slot; });
  Code code(file.pool, false);
  VerifierType self = code.Object(file.name);
  code.Parameter(self);
  std::string descriptor = "(";
  for (const LoopLocal& local : variables) {
    code.Parameter(code.TypeOf(local.descriptor));
    descriptor += local.descriptor;
  }
  uint32_t parameter = 1;
  uint32_t label = 0;
  for (const LoopLocal& local : variables) {
    FieldRef field = FrameField(loop, local);
    VerifierType type = code.TypeOf(local.descriptor);
    bool is_reference = local.descriptor[0] == 'L' || local.descriptor[0] == '[';
    if (is_reference) {
      code.Load(self, 0);
      code.GetField(field.owner, field.name, field.descriptor);
      code.Load(type, parameter);
      code.Branch(if_acmpeq, 2, label);
    }
    code.Load(self, 0);
    code.Load(type, parameter);
    code.PutField(field.owner, field.name, field.descriptor);
    if (is_reference) code.PlaceInner(label++);
    parameter += type.is_wide() ? 2 : 1;
  }
  code.PushInt(0);
  code.Return("Z");
  AddMethod(file, kPublic, "handBack", descriptor + ")Z", code);
}

// A method that calls the loop's method, which returns at once, so often that HotSpot compiles it:
// see MethodWriter::BeginLoop.
void AddBegin(const LoopInfo& loop, ClassFile& file) {
  constexpr std::string_view kIsBegun = "isBegun";
  constexpr uint32_t kDone = 0;
  constexpr uint32_t kCall = 1;
  file.fields.push_back({kPublic | kStatic, std::string(kIsBegun), "Z"});
  Code code(file.pool, false);
  code.GetStatic(file.name, kIsBegun, "Z");
  code.Branch(ifne, 1, kDone);
  code.PushInt(1);
  code.PutStatic(file.name, kIsBegun, "Z");
  code.PushInt(kEntryReturns);
  code.PutStatic(kPinClass, kEntryField, "I");
  code.PushInt(kCallsAtBegin);
  code.Store(kIntType, 0);
  code.Place(kCall, {kIntType}, {});
  for (const std::string& type : ParametersOf(loop.descriptor)) code.PushZero(type);
  code.InvokeStatic(loop.owner, loop.method, loop.descriptor);
  if (ResultOf(loop.descriptor) != "V") code.Pop();
  code.Load(kIntType, 0);
  code.PushInt(1);
  code.Emit(isub, 2, kIntType);
  code.Dup();
  code.Store(kIntType, 0);
  code.Branch(ifgt, 1, kCall);
  code.PushInt(kEntryBegins);
  code.PutStatic(kPinClass, kEntryField, "I");
  code.Place(kDone, {}, {});
  code.Return("V");
  AddMethod(file, kPublic | kStatic, "begin", "()V", code);
}

// A method that gives a frame: the spare one, if it is not in use, so that entering needs no
// memory. Where there is none, the interpreter could not say what it was doing.
void AddTake(const LoopInfo& loop, ClassFile& file) {
  std::string type = fmt::format("L{};", file.name);
  file.fields.push_back({kPublic | kStatic, std::string(kSpareField), type});
  Code code(file.pool, false);
  code.GetStatic(file.name, kSpareField, type);
  code.Dup();
  code.Branch(ifnonnull, 1, 0);
  code.Pop();
  code.NewObject(file.name);
  code.Return(type);
  code.PlaceInner(0);
  code.PushNull();
  code.PutStatic(file.name, kSpareField, type);
  code.Return(type);
  AddMethod(file, kPublic | kStatic, "take", "()" + type, code);
}

// Two methods of the frame that give what is in the promoted local, and that together with what
// follows from it.
void AddKnown(const LoopInfo& loop, ClassFile& file) {
  auto push = [&](Code& code, uint32_t slot) {
    auto local = std::find_if(loop.locals.begin(), loop.locals.end(),
                              [&](const LoopLocal& local) { return local.slot == slot; });
    FieldRef field = FrameField(loop, *local);
    code.Load(code.Object(file.name), 0);
    code.GetField(field.owner, field.name, field.descriptor);
  };
  Code promoted(file.pool, false);
  promoted.Parameter(promoted.Object(file.name));
  Code known(file.pool, false);
  known.Parameter(known.Object(file.name));
  if (loop.known.empty()) {
    promoted.PushNull();
    known.PushNull();
  } else {
    push(promoted, loop.known[0]);
    known.PushInt(static_cast<int32_t>(loop.known.size()));
    known.NewArray("Ljava/lang/Object;");
    for (size_t i = 0; i < loop.known.size(); ++i) {
      known.Dup();
      known.PushInt(static_cast<int32_t>(i));
      push(known, loop.known[i]);
      known.Emit(aastore, 3);
    }
  }
  promoted.Return("Ljava/lang/Object;");
  known.Return("[Ljava/lang/Object;");
  AddMethod(file, kPublic, "promoted", "()Ljava/lang/Object;", promoted);
  AddMethod(file, kPublic, "known", "()[Ljava/lang/Object;", known);
}

}  // namespace

void WriteLoopBegin(const LoopInfo& loop, const LoopLabels& labels,
                    const std::vector<VerifierType>& frame, Code& code) {
  auto local = std::find_if(loop.locals.begin(), loop.locals.end(),
                            [&](const LoopLocal& local) { return local.slot == loop.code_slot; });
  code.Place(*labels.begin, frame, {});
  code.Load(code.TypeOf(local->descriptor), loop.code_slot);
  code.Emit(arraylength, 1, kIntType);
  code.PushInt(kLongestOfShort);
  code.Branch(if_icmple, 2, labels.head);
  code.InvokeStatic(loop.frame, "begin", "()V");
  code.Jump(labels.head);
}

void WriteLoopEntries(const LoopInfo& loop, const LoopLabels& labels,
                      const std::vector<VerifierType>& frame, Code& code) {
  // A few instructions where nothing is due. What follows is one way without branches that are
  // seldom taken: HotSpot would leave them out, and begin anew when one is taken at last.
  if (labels.call) {
    code.Place(*labels.call, frame, {});
    code.GetStatic(kSpecialiserClass, "callDue", "Z");
    code.Branch(ifeq, 1, labels.head);
    code.PushInt(1);
    if (labels.jump) code.Jump(labels.enter);
  }
  if (labels.jump) {
    code.Place(*labels.jump, frame, {});
    code.GetStatic(kSpecialiserClass, "loopDue", "Z");
    code.Branch(ifeq, 1, labels.head);
    code.PushInt(0);
  }
  if (labels.call && labels.jump) code.PlaceInner(labels.enter);
  // Into fields, not as arguments: a call has those in registers and on the stack where convention
  // wants them, and for the sake of that HotSpot moved the variables of the loop between registers
  // and stack in each round, which took up to a fifth of the time.
  code.InvokeStatic(loop.frame, "take", fmt::format("()L{};", loop.frame));
  std::string code_type;
  for (const LoopLocal& local : loop.locals) {
    if (local.slot == loop.code_slot) code_type = local.descriptor;
    FieldRef field = FrameField(loop, local);
    code.Dup();
    code.Load(code.TypeOf(local.descriptor), local.slot);
    code.PutField(field.owner, field.name, field.descriptor);
  }
  code.Dup();
  code.Load(code.TypeOf(code_type), loop.caller_slot);
  code.PutField(kFrameClass, "callerCode", "Ljava/lang/Object;");
  code.Dup();
  code.Load(code.TypeOf("I"), loop.caller_slot + 1);
  code.PutField(kFrameClass, "callerNext", "I");
  code.DupUnder();
  code.Swap();
  code.Invoke(invokevirtual, kFrameClass, "enter", "(I)V");
  code.Dup();
  code.GetField(kFrameClass, "isDone", "Z");
  code.Branch(ifne, 1, labels.done);
  // What does not change stays where it is: HotSpot moves what depends on it out of the loop.
  for (const LoopLocal& local : loop.locals) {
    if (!local.is_variable) continue;
    FieldRef field = FrameField(loop, local);
    code.Dup();
    code.GetField(field.owner, field.name, field.descriptor);
    if (local.slot == loop.code_slot) code.CheckCast(local.descriptor);
    code.Store(code.TypeOf(local.descriptor), local.slot);
  }
  code.PutStatic(loop.frame, kSpareField, fmt::format("L{};", loop.frame));
  code.Jump(labels.head);
  code.PlaceInner(labels.done);
  std::string result = ResultOf(loop.descriptor);
  if (result != "V") code.GetField(loop.frame, "result", result);
  code.Return(result);
}

ClassFile WriteLoopFrame(const LoopInfo& loop) {
  ClassFile file;
  file.access = kPublic | kFinal | kSuper;
  file.name = loop.frame;
  file.super = kFrameClass;
  for (const LoopLocal& local : loop.locals) {
    if (local.slot == loop.code_slot || local.slot == loop.next_slot) continue;
    file.fields.push_back({kPublic, FrameField(loop, local).name, local.descriptor});
  }
  std::string result = ResultOf(loop.descriptor);
  if (result != "V") file.fields.push_back({kPublic, "result", result});
  file.fields.push_back({kPublic | kStatic | kFinal, "specialiser", std::string(kSpecialiserType)});
  AddConstructor(file);
  {
    Code code(file.pool, false);
    code.New(kSpecialiserClass);
    code.Dup();
    for (const std::string& text : {loop.frame, loop.owner, loop.method, loop.descriptor}) {
      code.PushString(text);
    }
    for (size_t number : {loop.head, loop.entry, size_t{loop.code_slot}, size_t{loop.next_slot},
                          size_t{loop.caller_slot}}) {
      code.PushInt(static_cast<int32_t>(number));
    }
    std::string promoted;
    for (auto [position, slot] : loop.promoted) promoted += fmt::format("{} {} ", position, slot);
    code.PushString(promoted);
    code.PushString(fmt::format("{}", fmt::join(loop.known, " ")));
    code.Invoke(invokespecial, kSpecialiserClass, "<init>",
                "(Ljava/lang/String;Ljava/lang/String;Ljava/lang/String;Ljava/lang/String;IIIII"
                "Ljava/lang/String;Ljava/lang/String;)V");
    code.PutStatic(file.name, "specialiser", kSpecialiserType);
    code.NewObject(file.name);
    code.PutStatic(file.name, kSpareField, fmt::format("L{};", file.name));
    code.Return("V");
    AddMethod(file, kStatic, "<clinit>", "()V", code);
  }
  {
    Code code(file.pool, false);
    code.Parameter(code.Object(file.name));
    code.GetStatic(file.name, "specialiser", kSpecialiserType);
    code.Return(kSpecialiserType);
    AddMethod(file, kPublic, "specialiser", fmt::format("(){}", kSpecialiserType), code);
  }
  AddTake(loop, file);
  AddKnown(loop, file);
  AddBegin(loop, file);
  AddHandBack(loop, file);
  return file;
}

}  // namespace weft::backend_jvm
