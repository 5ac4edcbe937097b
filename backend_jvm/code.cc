#include "backend_jvm/code.h"

#include <algorithm>
#include <map>

#include "common/check.h"

namespace weft::backend_jvm {

VerifierType Code::TypeOf(std::string_view descriptor) {
  switch (descriptor[0]) {
    case 'J':
      return kLongType;
    case 'F':
      return kFloatType;
    case 'D':
      return kDoubleType;
    case 'L':
      return Object(descriptor.substr(1, descriptor.size() - 2));
    case '[':
      return Object(descriptor);
    default:
      return kIntType;
  }
}

void Code::Parameter(VerifierType type) {
  locals_.push_back(type);
  if (type.is_wide()) locals_.push_back({});
  initial_ = locals_;
  max_locals_ = static_cast<uint32_t>(locals_.size());
}

void Code::Push(VerifierType type) {
  stack_.push_back(type);
  depth_ += type.is_wide() ? 2 : 1;
  max_stack_ = std::max(max_stack_, depth_);
}

void Code::PopValues(int count) {
  for (int i = 0; i < count; ++i) {
    WEFT_CHECK(!stack_.empty(), "an instruction takes more than the operand stack holds");
    depth_ -= stack_.back().is_wide() ? 2 : 1;
    stack_.pop_back();
  }
}

void Code::Emit(Op op, int pops, VerifierType result) {
  code_.U1(op);
  PopValues(pops);
  if (result.tag != VerifierType::kTop) Push(result);
}

namespace {

// The distance of an instruction for this type from the one for ints.
int Offset(VerifierType type) {
  switch (type.tag) {
    case VerifierType::kInt:
      return 0;
    case VerifierType::kLong:
      return 1;
    case VerifierType::kFloat:
      return 2;
    case VerifierType::kDouble:
      return 3;
    default:
      return 4;
  }
}

void AccessLocal(Bytes& code, int plain, int first_short, int offset, uint32_t slot) {
  if (slot < 4) {
    code.U1(static_cast<uint32_t>(first_short + 4 * offset) + slot);
  } else if (slot < 256) {
    code.U1(static_cast<uint32_t>(plain + offset));
    code.U1(slot);
  } else {
    code.U1(wide_);
    code.U1(static_cast<uint32_t>(plain + offset));
    code.U2(slot);
  }
}

}  // namespace

void Code::Load(VerifierType type, uint32_t slot) {
  AccessLocal(code_, iload, 26, Offset(type), slot);
  Push(type);
}

void Code::Store(VerifierType type, uint32_t slot) {
  AccessLocal(code_, istore, 59, Offset(type), slot);
  PopValues(1);
  uint32_t end = slot + (type.is_wide() ? 2 : 1);
  if (locals_.size() < end) locals_.resize(end);
  // Half of a wide value is nothing.
  if (slot > 0 && locals_[slot - 1].is_wide()) locals_[slot - 1] = {};
  if (locals_[slot].is_wide()) locals_[slot + 1] = {};
  if (type.is_wide() && locals_[slot + 1].is_wide()) locals_[slot + 2] = {};
  locals_[slot] = type;
  if (type.is_wide()) locals_[slot + 1] = {};
  max_locals_ = std::max(max_locals_, end);
}

void Code::PushInt(int32_t value) {
  if (value >= -1 && value <= 5) {
    code_.U1(static_cast<uint32_t>(iconst_0 + value));
  } else if (value >= -128 && value <= 127) {
    code_.U1(bipush);
    code_.U1(static_cast<uint32_t>(value));
  } else if (value >= -32768 && value <= 32767) {
    code_.U1(sipush);
    code_.U2(static_cast<uint32_t>(value));
  } else {
    uint16_t index = pool_.Int(value);
    code_.U1(index < 256 ? ldc : ldc_w);
    index < 256 ? code_.U1(index) : code_.U2(index);
  }
  Push(kIntType);
}

void Code::PushLong(int64_t value) {
  if (value == 0 || value == 1) {
    code_.U1(static_cast<uint32_t>(lconst_0 + value));
  } else if (value >= -32768 && value <= 32767) {
    // Shorter than an entry of the pool.
    PushInt(static_cast<int32_t>(value));
    PopValues(1);
    code_.U1(i2l);
  } else {
    Reference(ldc2_w, pool_.Long(value));
  }
  Push(kLongType);
}

void Code::PushFloat(uint32_t bits) {
  if (bits == 0) {
    code_.U1(fconst_0);
  } else {
    uint16_t index = pool_.Float(bits);
    code_.U1(index < 256 ? ldc : ldc_w);
    index < 256 ? code_.U1(index) : code_.U2(index);
  }
  Push(kFloatType);
}

void Code::PushDouble(uint64_t bits) {
  if (bits == 0) {
    code_.U1(dconst_0);
  } else if (bits == 0x3ff0000000000000u) {
    code_.U1(dconst_0 + 1);
  } else {
    Reference(ldc2_w, pool_.Double(bits));
  }
  Push(kDoubleType);
}

void Code::PushNull() {
  code_.U1(aconst_null);
  Push(kNullType);
}

void Code::PushString(std::string_view text) {
  uint16_t index = pool_.String(text);
  code_.U1(index < 256 ? ldc : ldc_w);
  index < 256 ? code_.U1(index) : code_.U2(index);
  Push(Object("java/lang/String"));
}

void Code::Pop() {
  code_.U1(stack_.back().is_wide() ? pop2 : pop);
  PopValues(1);
}

void Code::Dup() {
  code_.U1(stack_.back().is_wide() ? dup2 : dup);
  Push(stack_.back());
}

void Code::Swap() {
  code_.U1(swap_);
  std::swap(stack_[stack_.size() - 1], stack_[stack_.size() - 2]);
}

void Code::DupUnder() {
  code_.U1(dup_x1);
  VerifierType top = stack_.back();
  Push(top);
  stack_[stack_.size() - 2] = stack_[stack_.size() - 3];
  stack_[stack_.size() - 3] = top;
}

void Code::GetStatic(std::string_view owner, std::string_view name, std::string_view descriptor) {
  Reference(getstatic, pool_.Field(owner, name, descriptor));
  Push(TypeOf(descriptor));
}

void Code::PutStatic(std::string_view owner, std::string_view name, std::string_view descriptor) {
  Reference(putstatic, pool_.Field(owner, name, descriptor));
  PopValues(1);
}

void Code::GetField(std::string_view owner, std::string_view name, std::string_view descriptor) {
  Reference(getfield, pool_.Field(owner, name, descriptor));
  PopValues(1);
  Push(TypeOf(descriptor));
}

void Code::PutField(std::string_view owner, std::string_view name, std::string_view descriptor) {
  Reference(putfield, pool_.Field(owner, name, descriptor));
  PopValues(2);
}

void Code::Invoke(Op op, std::string_view owner, std::string_view name,
                  std::string_view descriptor) {
  int arguments = op == invokestatic ? 0 : 1;
  uint32_t slots = 1;
  size_t at = 1;
  while (descriptor[at] != ')') {
    ++arguments;
    slots += descriptor[at] == 'J' || descriptor[at] == 'D' ? 2 : 1;
    while (descriptor[at] == '[') ++at;
    if (descriptor[at] == 'L') at = descriptor.find(';', at);
    ++at;
  }
  Reference(op, pool_.Method(owner, name, descriptor, op == invokeinterface));
  if (op == invokeinterface) {
    code_.U1(slots);
    code_.U1(0);
  }
  PopValues(arguments);
  std::string_view result = descriptor.substr(at + 1);
  if (result != "V") Push(TypeOf(result));
}

void Code::New(std::string_view cls) {
  Reference(new_, pool_.Class(cls));
  Push(Object(cls));
}

void Code::PushZero(std::string_view descriptor) {
  switch (descriptor[0]) {
    case 'V':
      return;
    case 'J':
      return PushLong(0);
    case 'D':
      return PushDouble(0);
    case 'F':
      return PushFloat(0);
    case 'L':
    case '[':
      return PushNull();
    default:
      return PushInt(0);
  }
}

void Code::NewObject(std::string_view cls) {
  New(cls);
  Dup();
  Invoke(invokespecial, cls, "<init>", "()V");
}

void Code::NewArray(std::string_view element) {
  std::string array = "[" + std::string(element);
  if (element[0] == 'L' || element[0] == '[') {
    std::string_view cls = element[0] == 'L' ? element.substr(1, element.size() - 2) : element;
    Reference(anewarray, pool_.Class(cls));
  } else {
    static constexpr std::string_view kLetters = "ZCFDBSIJ";
    code_.U1(newarray);
    code_.U1(static_cast<uint32_t>(4 + kLetters.find(element[0])));
  }
  PopValues(1);
  Push(Object(array));
}

void Code::CheckCast(std::string_view cls) {
  Reference(checkcast, pool_.Class(cls));
  PopValues(1);
  Push(Object(cls));
}

void Code::InstanceOf(std::string_view cls) {
  Reference(instanceof_, pool_.Class(cls));
  PopValues(1);
  Push(kIntType);
}

void Code::Return(std::string_view descriptor) {
  if (descriptor == "V") {
    code_.U1(return_);
  } else {
    VerifierType type = TypeOf(descriptor);
    code_.U1(static_cast<uint32_t>(ireturn + Offset(type)));
    PopValues(1);
  }
  is_reachable_ = false;
}

void Code::Throw() {
  code_.U1(athrow);
  PopValues(1);
  is_reachable_ = false;
}

Code::LabelInfo& Code::InfoOf(uint32_t label) {
  std::vector<LabelInfo>& labels = label < kOwnLabels ? labels_ : own_labels_;
  uint32_t index = label < kOwnLabels ? label : label - kOwnLabels;
  if (index >= labels.size()) labels.resize(index + 1);
  return labels[index];
}

void Code::Use(uint32_t label) {
  LabelInfo& info = InfoOf(label);
  info.used = true;
  if (info.has_state) return;
  info.has_state = true;
  info.state = {0, locals_, stack_};
}

void Code::Jump(uint32_t label) {
  size_t at = code_.size();
  Use(label);
  code_.U1(wide_ ? goto_w : goto_);
  fixups_.push_back({at, code_.size(), wide_, label});
  wide_ ? code_.U4(0) : code_.U2(0);
  is_reachable_ = false;
}

namespace {

// The branch that is taken when this one is not.
Op Inverted(Op op) {
  if (op == ifnull) return ifnonnull;
  if (op == ifnonnull) return ifnull;
  // They come in pairs, the first of which has an odd number.
  return static_cast<Op>((op & 1) != 0 ? op + 1 : op - 1);
}

}  // namespace

void Code::Branch(Op op, int pops, uint32_t label) {
  if (!wide_) {
    size_t at = code_.size();
    code_.U1(op);
    fixups_.push_back({at, code_.size(), false, label});
    code_.U2(0);
    PopValues(pops);
    Use(label);
    return;
  }
  // Around a long jump. What stands behind it is reached by a branch, so it needs a frame.
  code_.U1(Inverted(op));
  code_.U2(8);
  PopValues(pops);
  Use(label);
  size_t at = code_.size();
  code_.U1(goto_w);
  fixups_.push_back({at, code_.size(), true, label});
  code_.U4(0);
  behind_branches_.push_back({code_.size(), locals_, stack_});
}

void Code::Switch(const std::vector<int32_t>& cases, const std::vector<uint32_t>& targets) {
  std::vector<std::pair<int32_t, uint32_t>> rows;
  for (size_t i = 0; i < cases.size(); ++i) rows.push_back({cases[i], targets[i]});
  std::sort(rows.begin(), rows.end());
  uint32_t otherwise = targets.back();
  PopValues(1);
  size_t at = code_.size();
  // A table as long as it is not twice as large as the list of pairs.
  bool is_table = !rows.empty() && int64_t{rows.back().first} - rows.front().first <
                                       static_cast<int64_t>(rows.size()) * 3 + 8;
  code_.U1(is_table ? tableswitch : lookupswitch);
  while (code_.size() % 4 != 0) code_.U1(0);
  auto target = [&](uint32_t label) {
    Use(label);
    fixups_.push_back({at, code_.size(), true, label});
    code_.U4(0);
  };
  target(otherwise);
  if (is_table) {
    code_.U4(static_cast<uint32_t>(rows.front().first));
    code_.U4(static_cast<uint32_t>(rows.back().first));
    size_t next = 0;
    for (int64_t value = rows.front().first; value <= rows.back().first; ++value) {
      target(rows[next].first == value ? rows[next++].second : otherwise);
    }
  } else {
    code_.U4(static_cast<uint32_t>(rows.size()));
    for (auto [value, label] : rows) {
      code_.U4(static_cast<uint32_t>(value));
      target(label);
    }
  }
  is_reachable_ = false;
}

void Code::Place(uint32_t label, std::vector<VerifierType> locals,
                 std::vector<VerifierType> stack) {
  LabelInfo& info = InfoOf(label);
  WEFT_CHECK(!info.placed, "a label stands in two places");
  info.placed = true;
  info.has_state = true;
  // What only a frame can describe gets one.
  if (!is_reachable_) info.used = true;
  while (!locals.empty() && locals.back().tag == VerifierType::kTop) {
    // The second half of a wide value is no type of its own.
    if (locals.size() > 1 && locals[locals.size() - 2].is_wide()) break;
    locals.pop_back();
  }
  info.state = {code_.size(), locals, stack};
  locals_ = std::move(locals);
  stack_ = std::move(stack);
  depth_ = 0;
  for (VerifierType type : stack_) depth_ += type.is_wide() ? 2 : 1;
  max_stack_ = std::max(max_stack_, depth_);
  is_reachable_ = true;
}

void Code::PlaceInner(uint32_t label) {
  LabelInfo& info = InfoOf(label);
  WEFT_CHECK(info.has_state && !info.placed, "an inner label that nothing jumps to");
  Frame state = info.state;
  Place(label, std::move(state.locals), std::move(state.stack));
}

void Code::Handle(size_t start, size_t end, uint32_t handler) {
  InfoOf(handler).used = true;
  if (start == end) return;
  if (!ranges_.empty() && ranges_.back().handler == handler && ranges_.back().end == start) {
    ranges_.back().end = end;
    return;
  }
  ranges_.push_back({start, end, handler});
}

void Code::Line(uint32_t line) {
  if (!lines_.empty() && lines_.back().second == line) return;
  if (!lines_.empty() && lines_.back().first == code_.size()) lines_.pop_back();
  lines_.push_back({code_.size(), line});
}

void Code::WriteType(VerifierType type, Bytes* out) const {
  static constexpr uint8_t kTags[] = {0, 1, 2, 3, 4, 5, 6, 7};
  out->U1(kTags[type.tag]);
  if (type.tag == VerifierType::kObject) out->U2(type.cls);
}

void Code::WriteFrames(Bytes* out) {
  // By position. Where several labels stand in one place, as those of empty blocks do, a value that
  // the code there needs lives at all of them.
  std::map<size_t, Frame> frames;
  auto add = [&](const Frame& frame) {
    auto [at, is_new] = frames.emplace(frame.position, frame);
    if (is_new) return;
    std::vector<VerifierType>& locals = at->second.locals;
    if (locals.size() > frame.locals.size()) locals.resize(frame.locals.size());
    for (size_t i = 0; i < locals.size(); ++i) {
      if (locals[i] != frame.locals[i]) locals[i] = {};
    }
  };
  for (const auto* labels : {&labels_, &own_labels_}) {
    for (const LabelInfo& info : *labels) {
      if (info.used && info.placed) add(info.state);
    }
  }
  for (const Frame& frame : behind_branches_) add(frame);
  out->U2(static_cast<uint32_t>(frames.size()));
  auto compact = [](const std::vector<VerifierType>& slots) {
    std::vector<VerifierType> types;
    for (size_t i = 0; i < slots.size(); ++i) {
      types.push_back(slots[i]);
      if (slots[i].is_wide()) ++i;
    }
    while (!types.empty() && types.back().tag == VerifierType::kTop) types.pop_back();
    return types;
  };
  std::vector<VerifierType> before = compact(initial_);
  size_t last = 0;
  bool is_first = true;
  for (const auto& [position, frame] : frames) {
    uint32_t delta = static_cast<uint32_t>(is_first ? position : position - last - 1);
    std::vector<VerifierType> locals = compact(frame.locals);
    if (locals == before && frame.stack.empty() && delta < 64) {
      out->U1(delta);
    } else if (locals == before && frame.stack.size() == 1 && delta < 64) {
      out->U1(64 + delta);
      WriteType(frame.stack[0], out);
    } else {
      out->U1(255);
      out->U2(delta);
      out->U2(static_cast<uint32_t>(locals.size()));
      for (VerifierType type : locals) WriteType(type, out);
      out->U2(static_cast<uint32_t>(frame.stack.size()));
      for (VerifierType type : frame.stack) WriteType(type, out);
    }
    before = std::move(locals);
    last = position;
    is_first = false;
  }
}

std::string Code::Finish() {
  for (const Fixup& fixup : fixups_) {
    const LabelInfo& info = InfoOf(fixup.label);
    WEFT_CHECK(info.placed, "a jump to label {} that stands nowhere", fixup.label);
    int64_t distance =
        static_cast<int64_t>(info.state.position) - static_cast<int64_t>(fixup.instruction);
    if (fixup.is_wide) {
      code_.SetU4(fixup.at, static_cast<uint32_t>(distance));
    } else {
      if (distance < -32768 || distance > 32767) needs_wide_ = true;
      code_.SetU2(fixup.at, static_cast<uint32_t>(distance));
    }
  }
  Bytes body;
  body.U2(max_stack_);
  body.U2(max_locals_);
  body.U4(static_cast<uint32_t>(code_.size()));
  body.Append(code_.data());
  body.U2(static_cast<uint32_t>(ranges_.size()));
  for (const Range& range : ranges_) {
    body.U2(static_cast<uint32_t>(range.start));
    body.U2(static_cast<uint32_t>(range.end));
    body.U2(static_cast<uint32_t>(InfoOf(range.handler).state.position));
    body.U2(0);
  }
  Bytes frames;
  WriteFrames(&frames);
  bool has_frames = frames.size() > 2;
  body.U2((has_frames ? 1 : 0) + (lines_.empty() ? 0 : 1));
  if (has_frames) {
    body.U2(pool_.Utf8("StackMapTable"));
    body.U4(static_cast<uint32_t>(frames.size()));
    body.Append(frames.data());
  }
  if (!lines_.empty()) {
    body.U2(pool_.Utf8("LineNumberTable"));
    body.U4(static_cast<uint32_t>(2 + 4 * lines_.size()));
    body.U2(static_cast<uint32_t>(lines_.size()));
    for (auto [position, line] : lines_) {
      body.U2(static_cast<uint32_t>(position));
      body.U2(line);
    }
  }
  return body.data();
}

}  // namespace weft::backend_jvm
