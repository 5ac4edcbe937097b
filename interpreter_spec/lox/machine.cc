#include "interpreter_spec/lox/machine.h"

#include "interpreter_spec/lox/instruction.h"

namespace lox {
namespace {

using weft::cast;
using weft::isa;
using weft::unlikely;

[[noreturn]] WEFT_COLD void Fail(Str message) { throw new RuntimeError(message); }

[[noreturn]] WEFT_COLD void FailUndefined(Str what, String* name) {
  Fail("Undefined " + what + " '" + name->text() + "'.");
}

[[noreturn]] WEFT_COLD void FailArguments(int64_t expected, int64_t count) {
  Fail("Expected " + weft::format_int(expected) + " arguments but got " + weft::format_int(count) +
       ".");
}

// The operand of an operation on numbers.
WEFT_INLINE double NumberOperand(Value* value) {
  if (unlikely(!isa<Number>(value))) Fail("Operands must be numbers.");
  return cast<Number>(value)->value();
}

// The same of a constant, which the compiler has checked.
double NumberConstant(Value* value) { return cast<Number>(value)->value(); }

WEFT_INLINE bool IsLess(Value* left, Value* right) {
  return NumberOperand(left) < NumberOperand(right);
}

WEFT_INLINE bool IsGreater(Value* left, Value* right) {
  return NumberOperand(left) > NumberOperand(right);
}

WEFT_NOINLINE Value* Concatenate(Value* left, Value* right) {
  if (isa<String>(left) && isa<String>(right)) {
    return new String(cast<String>(left)->text() + cast<String>(right)->text());
  }
  Fail("Operands must be two numbers or two strings.");
}

WEFT_INLINE Value* Add(Value* left, Value* right) {
  if (isa<Number>(left) && isa<Number>(right)) {
    return new Number(cast<Number>(left)->value() + cast<Number>(right)->value());
  }
  return Concatenate(left, right);
}

// Whether the receiver is an instance of the shape that the site saw last.
bool IsKnown(const PropertySite& site, Value* receiver) {
  return isa<Instance>(receiver) && cast<Instance>(receiver)->shape == site.last.shape;
}

}  // namespace

Machine::Machine(Globals* globals)
    : globals_(globals),
      stack_(kStackSize),
      frames_(kMaxFrames),
      frame_count_(0),
      open_upvalues_(nullptr) {}

bool Machine::Run(Function* script) {
  Closure* closure = new Closure(script, Array<Upvalue*>(0));
  frame_count_ = 0;
  open_upvalues_ = nullptr;
  try {
    CheckCall(closure, 0, 0);
    stack_[0] = closure;
    frames_[0] = Frame{closure, 0, 0};
    frame_count_ = 1;
    Loop();
    return true;
  } catch (RuntimeError* error) {
    ReportError(error->message);
  } catch (weft::MemoryError*) {
    ReportMemoryError();
  }
  return false;
}

// The loop keeps what it needs at every instruction in local variables: those of the running frame.
// An instruction that only computes ends with `continue`; one that calls leaves the switch with the
// closure to run, and what stands behind the switch enters it.
WEFT_INTERPRETER_LOOP void Machine::Loop() {
  const Array<Value*> stack = stack_;
  const Array<Value*> globals = globals_->values();

  Closure* closure = frames_[0].closure;
  Array<uint64_t> code = closure->function->code;
  Array<Value*> constants = closure->function->constants;
  Array<PropertySite> sites = closure->function->sites;
  // The next instruction, and the frame's slot 0.
  uint32_t next = 0;
  uint32_t base = 0;

  try {
    while (true) {
      const uint64_t word = weft::promote(code[next]);
      next++;
      Closure* callee = nullptr;

      switch (OpOf(word)) {
        case Op::kConstant:
          stack[base + A(word)] = constants[B(word)];
          continue;
        case Op::kMove:
          stack[base + A(word)] = stack[base + B(word)];
          continue;
        case Op::kMoveTwo:
          stack[base + A(word)] = stack[base + B(word)];
          stack[base + A(word) + 1] = stack[base + C(word)];
          continue;
        case Op::kGetUpvalue:
          stack[base + A(word)] = closure->upvalues[B(word)]->Get(stack);
          continue;
        case Op::kSetUpvalue:
          closure->upvalues[B(word)]->Set(stack, stack[base + A(word)]);
          continue;
        case Op::kGetGlobal: {
          Value* value = globals[Wide(word)];
          if (unlikely(value == nullptr)) FailUndefined("variable", globals_->NameOf(Wide(word)));
          stack[base + A(word)] = value;
          continue;
        }
        case Op::kSetGlobal:
          if (unlikely(globals[Wide(word)] == nullptr)) {
            FailUndefined("variable", globals_->NameOf(Wide(word)));
          }
          globals[Wide(word)] = stack[base + A(word)];
          continue;
        case Op::kDefineGlobal:
          globals[Wide(word)] = stack[base + A(word)];
          continue;

        case Op::kGetProperty:
          stack[base + A(word)] = GetProperty(sites[C(word)], stack[base + B(word)]);
          continue;
        case Op::kSetProperty:
          SetProperty(sites[A(word)], stack[base + B(word)], stack[base + C(word)]);
          continue;
        case Op::kGetSuper: {
          Class* superclass = cast<Class>(stack[base + C(word)]);
          Closure* method = PrepareInvokeSuper(sites[B(word)], superclass);
          stack[base + A(word)] = new BoundMethod(stack[base + A(word)], method);
          continue;
        }

        case Op::kEqual:
          stack[base + A(word)] = MakeBool(AreEqual(stack[base + B(word)], stack[base + C(word)]));
          continue;
        case Op::kNotEqual:
          stack[base + A(word)] = MakeBool(!AreEqual(stack[base + B(word)], stack[base + C(word)]));
          continue;
        case Op::kEqualConstant:
          stack[base + A(word)] = MakeBool(AreEqual(stack[base + B(word)], constants[C(word)]));
          continue;
        case Op::kNotEqualConstant:
          stack[base + A(word)] = MakeBool(!AreEqual(stack[base + B(word)], constants[C(word)]));
          continue;
        case Op::kLess:
          stack[base + A(word)] = MakeBool(IsLess(stack[base + B(word)], stack[base + C(word)]));
          continue;
        case Op::kNotLess:
          stack[base + A(word)] = MakeBool(!IsLess(stack[base + B(word)], stack[base + C(word)]));
          continue;
        case Op::kGreater:
          stack[base + A(word)] = MakeBool(IsGreater(stack[base + B(word)], stack[base + C(word)]));
          continue;
        case Op::kNotGreater:
          stack[base + A(word)] =
              MakeBool(!IsGreater(stack[base + B(word)], stack[base + C(word)]));
          continue;
        case Op::kAdd:
          stack[base + A(word)] = Add(stack[base + B(word)], stack[base + C(word)]);
          continue;
        case Op::kSubtract:
          stack[base + A(word)] = new Number(NumberOperand(stack[base + B(word)]) -
                                             NumberOperand(stack[base + C(word)]));
          continue;
        case Op::kMultiply:
          stack[base + A(word)] = new Number(NumberOperand(stack[base + B(word)]) *
                                             NumberOperand(stack[base + C(word)]));
          continue;
        case Op::kDivide:
          stack[base + A(word)] = new Number(NumberOperand(stack[base + B(word)]) /
                                             NumberOperand(stack[base + C(word)]));
          continue;
        case Op::kAddConstant:
          stack[base + A(word)] = Add(stack[base + B(word)], constants[C(word)]);
          continue;
        case Op::kSubtractConstant:
          stack[base + A(word)] =
              new Number(NumberOperand(stack[base + B(word)]) - NumberConstant(constants[C(word)]));
          continue;
        case Op::kMultiplyConstant:
          stack[base + A(word)] =
              new Number(NumberOperand(stack[base + B(word)]) * NumberConstant(constants[C(word)]));
          continue;
        case Op::kDivideConstant:
          stack[base + A(word)] =
              new Number(NumberOperand(stack[base + B(word)]) / NumberConstant(constants[C(word)]));
          continue;
        case Op::kNot:
          stack[base + A(word)] = MakeBool(IsFalsey(stack[base + B(word)]));
          continue;
        case Op::kNegate: {
          Value* value = stack[base + B(word)];
          if (unlikely(!isa<Number>(value))) Fail("Operand must be a number.");
          stack[base + A(word)] = new Number(-cast<Number>(value)->value());
          continue;
        }
        case Op::kPrint:
          weft::println(stack[base + A(word)]->Text());
          continue;

        case Op::kJump:
          next += Wide(word);
          continue;
        case Op::kLoop:
          next -= Wide(word);
          continue;
        case Op::kJumpIfFalse:
          if (IsFalsey(stack[base + B(word)])) next += A(word);
          continue;
        case Op::kJumpIfTrue:
          if (!IsFalsey(stack[base + B(word)])) next += A(word);
          continue;
        case Op::kJumpIfEqual:
          if (AreEqual(stack[base + B(word)], stack[base + C(word)])) next += A(word);
          continue;
        case Op::kJumpIfNotEqual:
          if (!AreEqual(stack[base + B(word)], stack[base + C(word)])) next += A(word);
          continue;
        case Op::kJumpIfEqualConstant:
          if (AreEqual(stack[base + B(word)], constants[C(word)])) next += A(word);
          continue;
        case Op::kJumpIfNotEqualConstant:
          if (!AreEqual(stack[base + B(word)], constants[C(word)])) next += A(word);
          continue;
        case Op::kJumpIfLess:
          if (IsLess(stack[base + B(word)], stack[base + C(word)])) next += A(word);
          continue;
        case Op::kJumpIfNotLess:
          if (!IsLess(stack[base + B(word)], stack[base + C(word)])) next += A(word);
          continue;
        case Op::kJumpIfGreater:
          if (IsGreater(stack[base + B(word)], stack[base + C(word)])) next += A(word);
          continue;
        case Op::kJumpIfNotGreater:
          if (!IsGreater(stack[base + B(word)], stack[base + C(word)])) next += A(word);
          continue;
        case Op::kJumpIfLessConstant:
          if (NumberOperand(stack[base + B(word)]) < NumberConstant(constants[C(word)])) {
            next += A(word);
          }
          continue;
        case Op::kJumpIfNotLessConstant:
          if (!(NumberOperand(stack[base + B(word)]) < NumberConstant(constants[C(word)]))) {
            next += A(word);
          }
          continue;
        case Op::kJumpIfGreaterConstant:
          if (NumberOperand(stack[base + B(word)]) > NumberConstant(constants[C(word)])) {
            next += A(word);
          }
          continue;
        case Op::kJumpIfNotGreaterConstant:
          if (!(NumberOperand(stack[base + B(word)]) > NumberConstant(constants[C(word)]))) {
            next += A(word);
          }
          continue;

        case Op::kCall: {
          Value* value = stack[base + A(word)];
          callee =
              isa<Closure>(value) ? cast<Closure>(value) : PrepareCall(base + A(word) + 1, C(word));
          break;
        }
        case Op::kInvoke: {
          PropertySite& site = sites[B(word)];
          Value* receiver = stack[base + A(word)];
          if (IsKnown(site, receiver)) {
            callee = site.last.method;
          } else {
            callee = PrepareInvoke(site, base + A(word) + 1, C(word));
          }
          break;
        }
        case Op::kInvokeSuper: {
          PropertySite& site = sites[B(word)];
          Class* superclass = cast<Class>(stack[base + A(word) + C(word) + 1]);
          if (superclass->empty_shape() == site.last.shape) {
            callee = site.last.method;
          } else {
            callee = PrepareInvokeSuper(site, superclass);
          }
          break;
        }
        case Op::kReturn: {
          Value* result = stack[base + A(word)];
          if (unlikely(open_upvalues_ != nullptr)) CloseUpvalues(base);
          frame_count_--;
          if (frame_count_ == 0) return;
          stack[base] = result;
          Frame& frame = frames_[frame_count_ - 1];
          closure = weft::promote(frame.closure);
          next = frame.next;
          base = frame.base;
          code = closure->function->code;
          constants = closure->function->constants;
          sites = closure->function->sites;
          continue;
        }

        case Op::kClosure:
          stack[base + A(word)] = MakeClosure(cast<Function>(constants[B(word)]), closure, base);
          continue;
        case Op::kCloseUpvalues:
          CloseUpvalues(base + A(word));
          continue;
        case Op::kClass:
          stack[base + A(word)] = new Class(cast<String>(constants[B(word)]));
          continue;
        case Op::kInherit: {
          Value* superclass = stack[base + B(word)];
          if (unlikely(!isa<Class>(superclass))) Fail("Superclass must be a class.");
          cast<Class>(stack[base + C(word)])->InheritFrom(cast<Class>(superclass));
          continue;
        }
        case Op::kMethod:
          cast<Class>(stack[base + B(word)])
              ->AddMethod(cast<String>(constants[A(word)]), cast<Closure>(stack[base + C(word)]));
          continue;
        default:
          weft::unreachable();
      }

      // Only calls come here. What is no closure has done its work already.
      if (callee == nullptr) continue;
      callee = weft::promote(callee);
      const uint32_t callee_base = base + A(word);
      CheckCall(callee, C(word), callee_base);
      frames_[frame_count_ - 1].next = next;
      frames_[frame_count_] = Frame{callee, 0, callee_base};
      frame_count_++;
      closure = callee;
      next = 0;
      base = callee_base;
      code = closure->function->code;
      constants = closure->function->constants;
      sites = closure->function->sites;
    }
  } catch (...) {
    // The report of an error needs to know where it happened.
    frames_[frame_count_ - 1].next = next;
    throw;
  }
}

Closure* Machine::PrepareCall(uint32_t first, uint32_t count) {
  Value* callee = stack_[first - 1];
  if (isa<Closure>(callee)) return cast<Closure>(callee);

  if (isa<Class>(callee)) {
    Class* made = cast<Class>(callee);
    stack_[first - 1] = new Instance(made);
    if (made->initializer() == nullptr && count != 0) FailArguments(0, count);
    return made->initializer();
  }
  if (isa<BoundMethod>(callee)) {
    BoundMethod* bound = cast<BoundMethod>(callee);
    stack_[first - 1] = bound->receiver;
    return bound->method;
  }
  if (isa<Native>(callee)) {
    NativeCode code = cast<Native>(callee)->code;
    stack_[first - 1] = code(stack_, first, count);
    return nullptr;
  }
  Fail("Can only call functions and classes.");
}

Closure* Machine::PrepareInvoke(PropertySite& site, uint32_t first, uint32_t count) {
  Value* receiver = stack_[first - 1];
  if (!isa<Instance>(receiver)) Fail("Only instances have methods.");
  Instance* instance = cast<Instance>(receiver);
  Shape* shape = instance->shape;
  if (shape == site.earlier.shape) return site.earlier.method;

  int slot = shape->Find(site.name);
  if (slot != Shape::kNotFound) {
    stack_[first - 1] = instance->fields[slot];
    return PrepareCall(first, count);
  }
  Closure* method = shape->instance_class()->FindMethod(site.name);
  if (method == nullptr) FailUndefined("property", site.name);
  site.Learn(PropertyAnswer{shape, 0, nullptr, method});
  return method;
}

// A class stands for its instances here, so its shape without fields takes the part of theirs.
Closure* Machine::PrepareInvokeSuper(PropertySite& site, Class* superclass) {
  Closure* method = superclass->FindMethod(site.name);
  if (method == nullptr) FailUndefined("property", site.name);
  site.Learn(PropertyAnswer{superclass->empty_shape(), 0, nullptr, method});
  return method;
}

void Machine::CheckCall(Closure* closure, uint32_t count, uint32_t base) {
  Function* function = closure->function;
  if (unlikely(count != static_cast<uint32_t>(function->arity)))
    FailArguments(function->arity, count);
  if (unlikely(frame_count_ == kMaxFrames || base + function->frame_size > kStackSize)) {
    Fail("Stack overflow.");
  }
}

Value* Machine::GetProperty(PropertySite& site, Value* receiver) {
  if (IsKnown(site, receiver)) return cast<Instance>(receiver)->fields[site.last.slot];
  return FindProperty(site, receiver);
}

Value* Machine::FindProperty(PropertySite& site, Value* receiver) {
  if (!isa<Instance>(receiver)) Fail("Only instances have properties.");
  Instance* instance = cast<Instance>(receiver);
  Shape* shape = instance->shape;
  if (shape == site.earlier.shape) return instance->fields[site.earlier.slot];

  int slot = shape->Find(site.name);
  if (slot != Shape::kNotFound) {
    site.Learn(PropertyAnswer{shape, slot, nullptr, nullptr});
    return instance->fields[slot];
  }
  Closure* method = shape->instance_class()->FindMethod(site.name);
  if (method == nullptr) FailUndefined("property", site.name);
  return new BoundMethod(instance, method);
}

void Machine::SetProperty(PropertySite& site, Value* receiver, Value* value) {
  if (IsKnown(site, receiver) && site.last.grown_shape == nullptr) {
    cast<Instance>(receiver)->fields[site.last.slot] = value;
  } else {
    FindAndSetProperty(site, receiver, value);
  }
}

void Machine::FindAndSetProperty(PropertySite& site, Value* receiver, Value* value) {
  if (!isa<Instance>(receiver)) Fail("Only instances have fields.");
  Instance* instance = cast<Instance>(receiver);
  Shape* shape = instance->shape;
  PropertyAnswer answer = site.last;
  if (shape == site.earlier.shape) {
    answer = site.earlier;
  } else if (shape != site.last.shape) {
    int slot = shape->Find(site.name);
    if (slot != Shape::kNotFound) {
      answer = PropertyAnswer{shape, slot, nullptr, nullptr};
    } else {
      answer = PropertyAnswer{shape, shape->field_count(), shape->With(site.name), nullptr};
    }
    site.Learn(answer);
  }

  if (answer.grown_shape == nullptr) {
    instance->fields[answer.slot] = value;
  } else {
    instance->AddField(answer.grown_shape, value);
  }
}

Closure* Machine::MakeClosure(Function* function, Closure* enclosing, uint32_t base) {
  int count = static_cast<int>(function->captures.length());
  Array<Upvalue*> upvalues(count);
  for (int i = 0; i < count; i++) {
    Capture capture = function->captures[i];
    upvalues[i] =
        capture.is_local ? CaptureSlot(base + capture.index) : enclosing->upvalues[capture.index];
  }
  return new Closure(function, upvalues);
}

Upvalue* Machine::CaptureSlot(uint32_t slot) {
  Upvalue* above = nullptr;
  Upvalue* at = open_upvalues_;
  while (at != nullptr && at->slot() > slot) {
    above = at;
    at = at->next();
  }
  if (at != nullptr && at->slot() == slot) return at;

  Upvalue* made = new Upvalue(slot, at);
  if (above == nullptr) {
    open_upvalues_ = made;
  } else {
    above->set_next(made);
  }
  return made;
}

void Machine::CloseUpvalues(uint32_t slot) {
  while (open_upvalues_ != nullptr && open_upvalues_->slot() >= slot) {
    Upvalue* upvalue = open_upvalues_;
    open_upvalues_ = upvalue->next();
    upvalue->Close(stack_);
  }
}

void Machine::ReportMemoryError() {
  try {
    ReportError("Out of memory.");
  } catch (weft::MemoryError*) {
    // There is not even enough for the report.
    weft::flush();
    weft::eprint("Out of memory.\n");
  }
}

void Machine::ReportError(Str message) {
  weft::StrBuilder text;
  text.append(message);
  text.append("\n");
  for (int i = frame_count_ - 1; i >= 0; i--) {
    Function* function = frames_[i].closure->function;
    text.append("[line ");
    text.append(weft::format_int(function->lines[frames_[i].next - 1]));
    text.append("] in ");
    if (function->name == nullptr) {
      text.append("script\n");
    } else {
      text.append(function->name->text());
      text.append("()\n");
    }
  }
  weft::flush();
  weft::eprint(text.build());
}

}  // namespace lox
