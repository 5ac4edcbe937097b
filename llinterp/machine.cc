#include "llinterp/machine.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "common/check.h"
#include "flowgraph/fold.h"
#include "typesystem/str_hash.h"

namespace weft::llinterp {

Interpreter::Machine::Machine(const flowgraph::Program& program, Options options_in)
    : program(program),
      options(std::move(options_in)),
      memory(program, options.memory_limit),
      world(memory, options.write),
      compiler_(program, memory),
      is_woven_(program.stage == flowgraph::Stage::kWoven) {
  WEFT_CHECK(program.stage == flowgraph::Stage::kRtyped || is_woven_,
             "llinterp runs low-level graphs");
  memory.set_stress(options.gc_stress);
  functions_.resize(program.functions.size());
  tables_.resize(program.globals.size());
  for (size_t g = 0; g < program.globals.size(); ++g) {
    const flowgraph::GlobalInfo& global = program.global(GlobalId(g));
    globals.push_back(compiler_.Bits(global.initial));
    for (const flowgraph::Constant& item : global.items) {
      tables_[g].push_back(compiler_.Bits(item));
    }
  }
  for (const flowgraph::ExternalInfo& external : program.externals) {
    externals_.push_back(FindExternal(external.symbol));
  }
  // Pages that no call reaches are never touched.
  void* stack = mmap(nullptr, options.stack_limit, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  WEFT_CHECK(stack != MAP_FAILED, "no address space for the interpreter's stack");
  stack_ = static_cast<uint64_t*>(stack);
  stack_end_ = stack_ + options.stack_limit / sizeof(uint64_t);
}

Interpreter::Machine::~Machine() { munmap(stack_, options.stack_limit); }

CompiledFunction& Interpreter::Machine::Compiled(FunctionId id) {
  std::unique_ptr<CompiledFunction>& function = functions_[id.index];
  if (function == nullptr) {
    WEFT_CHECK(!program.function(id).graph.empty(), "call of '{}', which has no graph",
               program.function(id).name);
    function = std::make_unique<CompiledFunction>(compiler_.Compile(id));
  }
  return *function;
}

FunctionId Interpreter::Machine::Implementation(ContainerId container, MethodId method) {
  auto [it, inserted] = implementations_.try_emplace({container, method});
  if (inserted) {
    it->second = program.FindImplementation(program.containers.Get(container).cls, method);
    WEFT_CHECK(it->second.is_valid(), "a {} has no method {}",
               program.containers.Get(container).name, program.method(method).name);
  }
  return it->second;
}

bool Interpreter::Machine::Push(FunctionId id) {
  CompiledFunction& function = Compiled(id);
  uint64_t* slots = stack_;
  if (!frames_.empty()) slots = frames_.back().slots + frames_.back().function->slot_count;
  // The handlers that would want StackOverflowError may be in the part, so the call of one does not
  // raise it: some room is left for parts, whose number on top of a function is bounded.
  ptrdiff_t kept_back = function.is_part ? 0 : (stack_end_ - stack_) / 16;
  if (stack_end_ - slots - kept_back < static_cast<ptrdiff_t>(function.slot_count)) return false;
  frames_.push_back({.function = &function, .slots = slots, .pc = 0});
  return true;
}

std::vector<TraceEntry> Interpreter::Machine::Traceback(size_t base) const {
  std::vector<TraceEntry> result;
  for (size_t i = frames_.size(); i-- > base;) {
    const Frame& frame = frames_[i];
    result.push_back({frame.function->id, frame.function->origins[frame.pc].loc});
  }
  return result;
}

Outcome Interpreter::Machine::Call(FunctionId id, std::span<const uint64_t> arguments) {
  size_t base = frames_.size();
  if (!Push(id)) {
    return {.kind = Outcome::Kind::kException,
            .exception = ErrorInstance(program.stack_overflow_error)};
  }
  std::copy(arguments.begin(), arguments.end(), frames_.back().slots);
  Outcome outcome = Run(base);
  frames_.erase(frames_.begin() + static_cast<ptrdiff_t>(base), frames_.end());
  return outcome;
}

// The loop. A frame's pc is written back before anything that looks at frames: calls, raises, fatal
// errors and the collector.
Outcome Interpreter::Machine::Run(size_t base) {
  Frame* frame = &frames_.back();
  CompiledFunction* function = frame->function;
  const Insn* code = function->insns.data();
  const Insn* insn = code;
  uint64_t* slots = frame->slots;
  const uint64_t* constants = function->constants.data();
  uint64_t exception = 0;
  std::string message;

  auto value = [&](int32_t operand) { return operand >= 0 ? slots[operand] : constants[~operand]; };
  auto enter = [&] {
    frame = &frames_.back();
    function = frame->function;
    code = function->insns.data();
    slots = frame->slots;
    constants = function->constants.data();
    insn = code + frame->pc;
  };
  auto save = [&] { frame->pc = static_cast<uint32_t>(insn - code); };
  auto as_double = [](uint64_t bits) { return std::bit_cast<double>(bits); };
  auto from_double = [](double number) { return std::bit_cast<uint64_t>(number); };
  auto fail = [&](Outcome::Kind kind, std::string text) {
    save();
    return Outcome{.kind = kind, .message = std::move(text), .traceback = Traceback(base)};
  };
  auto fatal = [&](std::string text) { return fail(Outcome::Kind::kFatal, std::move(text)); };
  auto region_in_range = [&](uint64_t object, uint64_t from, uint64_t count) {
    auto length = static_cast<uint64_t>(memory.LengthOf(object));
    return count <= length && from <= length - count;
  };

#define A value(insn->a)
#define B value(insn->b)
#define SA static_cast<int64_t>(value(insn->a))
#define SB static_cast<int64_t>(value(insn->b))
#define FA as_double(value(insn->a))
#define FB as_double(value(insn->b))
#define DST slots[insn->dst]
#define NEXT  \
  {           \
    ++insn;   \
    continue; \
  }
#define BINARY(name, expression)               \
  case Code::k##name:                          \
    DST = static_cast<uint64_t>((expression)); \
    NEXT
#define BRANCH(name, condition)                      \
  case Code::k##name:                                \
    insn = code + ((condition) ? insn->x : insn->y); \
    continue;
#define RAISE(object)   \
  {                     \
    exception = object; \
    goto raise;         \
  }
#define REQUIRE_OBJECT(object)    \
  if ((object) == 0) [[unlikely]] \
  return fatal("null dereference")
// Only backward jumps and calls are counted: nothing else can go on forever.
#define STEP                                                                    \
  if (++steps_ == options.step_limit) [[unlikely]] {                            \
    return fail(Outcome::Kind::kStepLimit, std::to_string(options.step_limit)); \
  }

// Makes an object, after a collection if it is time for one or memory is short. Raises nothing:
// gives 0 when there is none.
#define ALLOCATE(object, expression)            \
  if (memory.wants_collection()) [[unlikely]] { \
    save();                                     \
    Collect();                                  \
    enter();                                    \
  }                                             \
  uint64_t object = expression;                 \
  if (object == 0) [[unlikely]] {               \
    save();                                     \
    Collect();                                  \
    enter();                                    \
    object = expression;                        \
  }                                             \
  if (stopped_.has_value()) [[unlikely]]        \
  return *std::exchange(stopped_, std::nullopt)

  while (true) {
    switch (insn->code) {
      case Code::kMove:
        DST = A;
      NEXT case Code::kJumpBack:
        STEP;
        insn = code + insn->x;
        continue;
      case Code::kJump:
        insn = code + insn->x;
        continue;
        BRANCH(Branch, A != 0)
        BRANCH(BranchEq, A == B)
        BRANCH(BranchNe, A != B)
        BRANCH(BranchLtS, SA < SB)
        BRANCH(BranchLeS, SA <= SB)
        BRANCH(BranchGtS, SA > SB)
        BRANCH(BranchGeS, SA >= SB)
      case Code::kSwitch: {
        const int64_t* first = function->cases.data() + insn->y;
        const int64_t* last = first + insn->dst;
        const int64_t* found = std::lower_bound(first, last, SA);
        ptrdiff_t index = found != last && *found == SA ? found - first : insn->dst;
        insn = code + function->pool[insn->x + static_cast<size_t>(index)];
        continue;
      }
      case Code::kReturn:
      case Code::kReturnOne:
      case Code::kReturnMany: {
        size_t count = insn->code == Code::kReturn      ? 0
                       : insn->code == Code::kReturnOne ? 1
                                                        : insn->x;
        if (frames_.size() == base + 1) {
          Outcome outcome;
          for (size_t i = 0; i < count; ++i) {
            outcome.values.push_back(insn->a >= 0 ? slots[insn->a + static_cast<int32_t>(i)]
                                                  : constants[~insn->a]);
          }
          if (is_woven_ && pending_ != 0) {
            outcome.kind = Outcome::Kind::kException;
            outcome.exception = pending_;
            outcome.traceback = std::move(unwound_);
            pending_ = 0;
          }
          unwound_.clear();
          return outcome;
        }
        const Frame& caller = frames_[frames_.size() - 2];
        uint64_t* target = caller.slots + caller.function->insns[caller.pc].dst;
        if (count == 1) {
          *target = A;
        } else {
          for (size_t i = 0; i < count; ++i) target[i] = slots[insn->a + static_cast<int32_t>(i)];
        }
        frames_.pop_back();
        enter();
        NEXT
      }
      case Code::kRaise:
        RAISE(A);
      case Code::kUnreachable:
        return fatal("unreachable code was reached");
      case Code::kCall:
      case Code::kCallPointer:
      case Code::kCallMethod: {
        STEP;
        save();
        FunctionId callee(static_cast<uint32_t>(insn->a));
        if (insn->code == Code::kCallPointer) {
          uint64_t pointer = A;
          REQUIRE_OBJECT(pointer);
          callee = FunctionId(pointer - 1);
        } else if (insn->code == Code::kCallMethod) {
          uint64_t object = value(function->pool[insn->x]);
          REQUIRE_OBJECT(object);
          callee = Implementation(memory.TypeOf(object).container,
                                  MethodId(static_cast<uint32_t>(insn->a)));
        }
        if (!Push(callee)) RAISE(ErrorInstance(program.stack_overflow_error));
        uint64_t* parameters = frames_.back().slots;
        const int32_t* arguments = function->pool.data() + insn->x;
        for (uint32_t i = 0; i < insn->y; ++i) parameters[i] = value(arguments[i]);
        enter();
        continue;
      }
      case Code::kCallExternal: {
        const External& external = externals_[static_cast<size_t>(insn->a)];
        if (external.run == nullptr || (external.is_outside && !options.outside_world)) {
          return fail(Outcome::Kind::kOutsideWorld,
                      program.external(ExternalId(static_cast<uint32_t>(insn->a))).symbol);
        }
        uint64_t arguments[8] = {};
        WEFT_CHECK(insn->y <= 8);
        for (uint32_t i = 0; i < insn->y; ++i) arguments[i] = value(function->pool[insn->x + i]);
        DST = external.run(world, arguments);
        if (world.has_exited) {
          return {.kind = Outcome::Kind::kExited, .exit_code = world.exit_code};
        }
        NEXT
      }

        BINARY(Add64, A + B)
        BINARY(Sub64, A - B)
        BINARY(Mul64, A * B)
        BINARY(Add32, static_cast<int64_t>(static_cast<int32_t>(A + B)))
        BINARY(Sub32, static_cast<int64_t>(static_cast<int32_t>(A - B)))
        BINARY(And, A & B)
        BINARY(Or, A | B)
        BINARY(Xor, A ^ B)
        BINARY(Eq, A == B)
        BINARY(Ne, A != B)
        BINARY(LtS, SA < SB)
        BINARY(LeS, SA <= SB)
        BINARY(GtS, SA > SB)
        BINARY(GeS, SA >= SB)
        BINARY(LtU, A < B)
        BINARY(AddF, from_double(FA + FB))
        BINARY(SubF, from_double(FA - FB))
        BINARY(MulF, from_double(FA * FB))
        BINARY(DivF, from_double(FA / FB))
        BINARY(EqF, FA == FB)
        BINARY(LtF, FA < FB)
        BINARY(LeF, FA <= FB)
        BINARY(GtF, FA > FB)
        BINARY(GeF, FA >= FB)
        BINARY(Select, A != 0 ? B : value(static_cast<int32_t>(insn->x)))
        BINARY(ToI32, static_cast<int64_t>(static_cast<int32_t>(A)))
        BINARY(ToU8, static_cast<uint8_t>(A))
        BINARY(ToU32, static_cast<uint32_t>(A))
        BINARY(I64ToF, from_double(static_cast<double>(SA)))
      case Code::kScalar: {
        uint64_t operands[3] = {A, B, 0};
        uint64_t result = 0;
        bool known = flowgraph::EvaluateScalar(
            static_cast<flowgraph::Opcode>(insn->small), static_cast<TypeKind>(insn->x & 0xff),
            static_cast<TypeKind>(insn->x >> 8), operands, &result);
        // The kinds were right when it was compiled, so it can only be this.
        if (!known) [[unlikely]]
          return fatal("division by zero");
        DST = result;
        NEXT
      }

      case Code::kCheckNonNull:
        REQUIRE_OBJECT(A);
      NEXT case Code::kCheckIndex:
        if (A >= B) [[unlikely]] {
          return fatal(fmt::format("index {} is out of range for length {}", SA, SB));
        }
      NEXT case Code::kCheckNonZero:
        if (A == 0) [[unlikely]]
          return fatal("division by zero");
      NEXT case Code::kCheckInstance: {
        uint64_t object = A;
        const lltype::Container& wanted = program.containers.Get(ContainerId(insn->x));
        if (object != 0) {
          const ObjectType& type = memory.TypeOf(object);
          if (type.type_id < wanted.first_type_id || type.type_id >= wanted.last_type_id) {
            return fatal(fmt::format("bad cast: a {} is no {}",
                                     program.containers.Get(type.container).name, wanted.name));
          }
        }
        NEXT
      }
      case Code::kFatal:
        return fatal(std::string(A == 0 ? std::string_view() : memory.BytesOf(A)));

      case Code::kMalloc:
      case Code::kMallocTry: {
        const ObjectType& type = memory.TypeOfContainer(ContainerId(insn->x));
        ALLOCATE(object, memory.Allocate(type));
        if (object == 0 && insn->code == Code::kMalloc) RAISE(ErrorInstance(program.memory_error));
        DST = object;
        NEXT
      }
      case Code::kMallocItems:
      case Code::kMallocItemsTry: {
        const ObjectType& type = memory.TypeOfContainer(ContainerId(insn->x));
        ALLOCATE(object, memory.AllocateItems(type, SA));
        if (object == 0 && insn->code == Code::kMallocItems) {
          RAISE(ErrorInstance(program.memory_error));
        }
        DST = object;
        NEXT
      }
      case Code::kGet64: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        DST = Load(Access::k64, At(object, insn->x));
        NEXT
      }
      case Code::kGet: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        DST = Load(static_cast<Access>(insn->small), At(object, insn->x));
        NEXT
      }
      case Code::kSet64: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        Store(Access::k64, At(object, insn->x), B);
        NEXT
      }
      case Code::kSet: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        Store(static_cast<Access>(insn->small), At(object, insn->x), B);
        NEXT
      }
      case Code::kGetItem:
      case Code::kSetItem: {
        uint64_t object = A;
        uint64_t index = B;
        REQUIRE_OBJECT(object);
        const int32_t* access = function->pool.data() + insn->x;
        uint64_t length = Load(Access::k64, At(object, static_cast<uint64_t>(access[2])));
        if (index >= length) [[unlikely]] {
          return fatal(fmt::format("index {} is out of range for length {}",
                                   static_cast<int64_t>(index), length));
        }
        char* at =
            At(object, static_cast<uint64_t>(access[0]) + index * static_cast<uint64_t>(access[1]));
        if (insn->code == Code::kGetItem) {
          DST = Load(static_cast<Access>(insn->small), at);
        } else {
          Store(static_cast<Access>(insn->small), at, value(insn->dst));
        }
        NEXT
      }
      case Code::kGetLength: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        DST = Load(Access::k64, At(object, insn->x));
        NEXT
      }
      case Code::kCopyItems:
      case Code::kItemsEqual:
      case Code::kItemsCompare: {
        const int32_t* operands = function->pool.data() + insn->x;
        uint64_t a = value(operands[0]);
        uint64_t a_index = value(operands[1]);
        uint64_t b = value(operands[2]);
        uint64_t b_index = value(operands[3]);
        uint64_t count = value(operands[4]);
        REQUIRE_OBJECT(a);
        REQUIRE_OBJECT(b);
        if (!region_in_range(a, a_index, count) || !region_in_range(b, b_index, count)) {
          return fatal("a copied or compared region is out of range");
        }
        char* to = memory.Item(a, static_cast<int64_t>(a_index));
        const char* from = memory.Item(b, static_cast<int64_t>(b_index));
        size_t bytes = count * memory.TypeOf(a).item_size;
        if (insn->code == Code::kCopyItems) {
          std::memmove(to, from, bytes);
        } else {
          int order = std::memcmp(to, from, bytes);
          order = (order > 0) - (order < 0);
          DST = insn->code == Code::kItemsEqual
                    ? static_cast<uint64_t>(order == 0)
                    : static_cast<uint64_t>(static_cast<int64_t>(order));
        }
        NEXT
      }
      case Code::kBytesHash: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        uint64_t hash = Load(Access::k64, At(object, insn->x));
        if (hash == 0) {
          hash = static_cast<uint64_t>(StrHash(memory.BytesOf(object)));
          Store(Access::k64, At(object, insn->x), hash);
        }
        DST = hash;
        NEXT
      }
        BINARY(ItemOffset, insn->x + A * insn->y)
      case Code::kLoadAt: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        DST = Load(static_cast<Access>(insn->small), At(object, B));
        NEXT
      }
      case Code::kStoreAt: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        Store(static_cast<Access>(insn->small), At(object, B), value(insn->dst));
        NEXT
      }
        BINARY(GlobalGet, globals[insn->x])
      case Code::kGlobalSet:
        globals[insn->x] = A;
      NEXT case Code::kTableItem: {
        const flowgraph::GlobalInfo& global = program.global(GlobalId(insn->x));
        uint64_t fields = global.item_types.size();
        uint64_t index = A;
        if (index >= tables_[insn->x].size() / fields) {
          return fatal(fmt::format("index {} is out of range for length {}",
                                   static_cast<int64_t>(index), tables_[insn->x].size() / fields));
        }
        DST = tables_[insn->x][index * fields + insn->y];
        NEXT
      }

      case Code::kTypeId: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        DST = memory.TypeOf(object).type_id;
        NEXT
      }
      case Code::kIsInstance: {
        uint64_t object = A;
        uint32_t type_id = object == 0 ? 0 : memory.TypeOf(object).type_id;
        DST = type_id >= insn->x && type_id < insn->y;
        NEXT
      }
      case Code::kBox: {
        ContainerId container(insn->x);
        if (container == program.boxing.float_container) {
          DST = boxing::OfFloatBits(A);
          NEXT
        }
        if (container == program.boxing.int_container && boxing::Fits(memory.boxing_scheme(), SA)) {
          DST = boxing::OfInt(memory.boxing_scheme(), SA);
          NEXT
        }
        ALLOCATE(object, memory.Allocate(memory.TypeOfContainer(container)));
        if (object == 0) [[unlikely]]
          RAISE(ErrorInstance(program.memory_error));
        Store(Access::k64, At(object, program.containers.Get(container).fields[0].offset), A);
        DST = object;
        NEXT
      }
      case Code::kUnbox: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        if (!memory.IsImmediate(object)) {
          DST = Load(Access::k64, At(object, insn->x));
        } else if (boxing::IsFloat(memory.boxing_scheme(), object)) {
          DST = boxing::ToFloatBits(object);
        } else {
          DST = static_cast<uint64_t>(boxing::ToInt(memory.boxing_scheme(), object));
        }
        NEXT
      }
        BINARY(IsImmediate, memory.IsImmediate(A) &&
                                boxing::IsFloat(memory.boxing_scheme(), A) == (insn->x != 0))
      case Code::kFitsImmediate: {
        ContainerId container(insn->x);
        DST =
            container == program.boxing.float_container ||
            (container == program.boxing.int_container && boxing::Fits(memory.boxing_scheme(), SA));
        NEXT
      }
      case Code::kDispatch: {
        const flowgraph::DispatchTable& table = program.dispatch_tables[insn->x];
        uint64_t index = A - table.first_type_id;
        WEFT_CHECK(index < table.functions.size() && table.functions[index].is_valid(),
                   "type id {} has no function in dispatch table {}", A, table.name);
        DST = table.functions[index].index + uint64_t{1};
        NEXT
      }
      case Code::kWeakRefMake: {
        const ObjectType& type = memory.TypeOfContainer(ContainerId(insn->x));
        uint64_t object = memory.Allocate(type);
        if (object == 0) [[unlikely]]
          RAISE(ErrorInstance(program.memory_error));
        Store(Access::k64, At(object, type.weak_offset), A);
        DST = object;
        NEXT
      }
      case Code::kWeakRefRead: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        DST = Load(Access::k64, At(object, memory.TypeOf(object).weak_offset));
        NEXT
      }
      case Code::kIdentityHash: {
        uint64_t object = A;
        REQUIRE_OBJECT(object);
        DST = memory.IdentityHash(object);
        NEXT
      }
      case Code::kGcCollect:
        save();
        Collect();
        if (stopped_.has_value()) return *std::exchange(stopped_, std::nullopt);
        enter();
      NEXT case Code::kGcStat: {
        uint64_t which = A;
        DST = which == 0   ? static_cast<uint64_t>(collections_)
              : which == 1 ? memory.used()
              : which == 2 ? memory.allocated()
                           : static_cast<uint64_t>(int64_t{-1});
        NEXT
      }

      case Code::kStackUsedUp: {
        // Woven code does not test after every call, so it is told while there is room left.
        bool is_used_up = stack_end_ - slots < (stack_end_ - stack_) / 8;
        if (is_used_up) pending_ = ErrorInstance(program.stack_overflow_error);
        DST = is_used_up;
        NEXT
      }
        BINARY(ExceptionOccurred, pending_ != 0)
      case Code::kExceptionTake:
        DST = pending_;
        pending_ = 0;
      NEXT case Code::kExceptionSet:
        pending_ = A;
      NEXT case Code::kRootsEnter:
        roots_top_ += insn->x;
      NEXT case Code::kRootsLeave:
        roots_top_ -= insn->x;
      NEXT case Code::kRootSet:
        if (roots_.size() <= roots_top_ + insn->x) roots_.resize(2 * (roots_top_ + insn->x) + 64);
        roots_[roots_top_ + insn->x] = A;
      NEXT case Code::kRootGet:
        // Nothing moves here, so what the slot holds is what was kept.
        WEFT_CHECK(roots_[roots_top_ + insn->x] == A,
                   "slot {} of the shadow stack holds another object", insn->x);
        NEXT
    }
    WEFT_FATAL("no such instruction");

  raise:
    save();
    if (exception == 0) return fatal("a null exception was raised");
    if (is_woven_) {
      // Woven code looks at what is pending after whatever may raise.
      pending_ = exception;
      DST = 0;
      NEXT
    }
    unwound_.clear();
    while (true) {
      const Origin& origin = frame->function->origins[frame->pc];
      unwound_.push_back({frame->function->id, origin.loc});
      if (origin.handler >= 0) {
        frame->slots[frame->function->exception_slot] = exception;
        frame->pc = static_cast<uint32_t>(origin.handler);
        enter();
        break;
      }
      if (frames_.size() == base + 1) {
        return {.kind = Outcome::Kind::kException,
                .exception = exception,
                .traceback = std::move(unwound_)};
      }
      frames_.pop_back();
      frame = &frames_.back();
    }
  }
}

}  // namespace weft::llinterp
