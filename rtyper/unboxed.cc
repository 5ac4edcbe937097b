#include "rtyper/unboxed.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "common/check.h"
#include "flowgraph/analysis.h"
#include "rtyper/function_rtyper.h"

namespace weft::rtyper {

using flowgraph::FunctionInfo;
using flowgraph::UnboxedKind;

namespace {

// The values that caches keep: so many from the first one on.
constexpr int64_t kFirstCached = -128;
constexpr int64_t kCached = 1024;

}  // namespace

// ---- Where objects are made ----

UnboxedCreations::UnboxedCreations(const flowgraph::Program& program, const Graph& graph)
    : graph_(graph) {
  for (const Block& block : graph.blocks()) {
    for (const Operation& op : block.ops) {
      if (op.opcode != Opcode::kNew) continue;
      if (program.cls(ClassId(op.imm)).unboxed == UnboxedKind::kNone) continue;
      objects_.push_back(op.result);
      object_of_.emplace(op.result, op.result);
    }
  }
  if (objects_.empty()) return;
  flowgraph::Dominators dominators(graph);
  for (BlockId id : dominators.reverse_postorder()) {
    for (const Operation& op : graph.block(id).ops) {
      if (op.opcode != Opcode::kUpcast) continue;
      if (ValueId object = ObjectOf(op.args[0]); object.is_valid()) {
        object_of_.emplace(op.result, object);
      }
    }
  }
  absl::flat_hash_map<ValueId, uint32_t> writes;
  for (BlockId id : dominators.reverse_postorder()) {
    const Block& block = graph.block(id);
    for (uint32_t i = 0; i < block.ops.size(); ++i) {
      const Operation& op = block.ops[i];
      if (op.opcode != Opcode::kFieldSet) continue;
      ValueId object = ObjectOf(op.args[0]);
      if (!object.is_valid()) continue;
      ++writes[object];
      creations_[object] = {.block = id, .position = i, .value = op.args[1]};
    }
  }
  absl::erase_if(creations_, [&](const auto& entry) { return writes[entry.first] != 1; });
  // Whatever uses an object where it has no value yet rules it out.
  auto use = [&](ValueId value, BlockId block, uint32_t position) {
    ValueId object = ObjectOf(value);
    auto it = object.is_valid() ? creations_.find(object) : creations_.end();
    if (it == creations_.end()) return;
    const UnboxedCreation& creation = it->second;
    bool is_behind = creation.block == block ? position > creation.position
                                             : dominators.Dominates(creation.block, block);
    if (!is_behind) creations_.erase(it);
  };
  for (BlockId id : dominators.reverse_postorder()) {
    const Block& block = graph.block(id);
    for (uint32_t i = 0; i < block.ops.size(); ++i) {
      const Operation& op = block.ops[i];
      if (op.opcode == Opcode::kUpcast || op.opcode == Opcode::kCheckNonNull) continue;
      for (size_t a = op.opcode == Opcode::kFieldSet ? 1 : 0; a < op.args.size(); ++a) {
        use(op.args[a], id, i);
      }
    }
    auto end = static_cast<uint32_t>(block.ops.size());
    if (block.exit.value.is_valid()) use(block.exit.value, id, end);
    flowgraph::ForEachLink(block, [&](const Link& link) {
      for (ValueId arg : link.args) use(arg, id, end);
    });
  }
}

ValueId UnboxedCreations::ObjectOf(ValueId value) const {
  auto it = object_of_.find(value);
  return it == object_of_.end() ? ValueId() : it->second;
}

std::optional<UnboxedCreation> UnboxedCreations::Of(ValueId object) const {
  auto it = creations_.find(object);
  if (it == creations_.end()) return std::nullopt;
  return it->second;
}

// ---- Which classes are immediates ----

std::string UnboxedClasses::ObstacleOf(ClassId cls) const {
  const lltype::Container& container =
      program_.containers.Get(representations_.class_container(cls));
  if (container.fields.size() != 1) return "a base class has fields";
  if (container.has_finalizer) return "it has a finalizer";
  return "";
}

void UnboxedClasses::FindCandidates(const std::vector<bool>& is_instantiated) {
  is_instantiated_ = is_instantiated;
  for (ClassId cls : representations_.preorder()) {
    if (program_.cls(cls).unboxed == UnboxedKind::kNone || !is_instantiated[cls.index]) continue;
    candidates_.push_back({.cls = cls, .obstacle = ObstacleOf(cls)});
  }
}

UnboxedClasses::Candidate* UnboxedClasses::Find(ClassId cls) {
  auto it = std::find_if(candidates_.begin(), candidates_.end(),
                         [&](const Candidate& candidate) { return candidate.cls == cls; });
  return it == candidates_.end() ? nullptr : &*it;
}

void UnboxedClasses::ScanFunction(const FunctionInfo& function) {
  UnboxedCreations creations(program_, function.graph);
  for (ValueId object : creations.objects()) {
    Candidate* candidate = Find(program_.types.Class(function.graph.type(object)));
    WEFT_CHECK(candidate != nullptr, "an object of a class without objects");
    ++candidate->allocations;
    if (!creations.Of(object).has_value() && candidate->obstacle.empty()) {
      candidate->obstacle =
          fmt::format("'{}' uses an object before it has its value", function.name);
    }
  }
  for (const Block& block : function.graph.blocks()) {
    for (const Operation& op : block.ops) {
      if (op.opcode != Opcode::kFieldRef) continue;
      for (Candidate& candidate : candidates_) {
        if (program_.IsSubclass(candidate.cls, ClassId(op.imm)) && candidate.obstacle.empty()) {
          candidate.obstacle = fmt::format("'{}' takes the place of its value", function.name);
        }
      }
    }
  }
}

void UnboxedClasses::Choose(BoxingScheme scheme, const std::vector<bool>& is_instantiated) {
  is_host_ = program_.type_system == flowgraph::TypeSystem::kOotype;
  FindCandidates(is_instantiated);
  if (candidates_.empty()) return;
  if (scheme != BoxingScheme::kNone || is_host_) {
    for (const auto& function : program_.functions) ScanFunction(*function);
  }
  auto choose = [&](UnboxedKind kind) -> const Candidate* {
    if (scheme == BoxingScheme::kNone) return nullptr;
    if (kind == UnboxedKind::kFloat && !boxing::HoldsFloats(scheme)) return nullptr;
    const Candidate* best = nullptr;
    for (const Candidate& candidate : candidates_) {
      if (program_.cls(candidate.cls).unboxed != kind || !candidate.obstacle.empty()) continue;
      if (best == nullptr || candidate.allocations > best->allocations) best = &candidate;
    }
    return best;
  };
  const Candidate* with_float = choose(UnboxedKind::kFloat);
  const Candidate* with_int = choose(UnboxedKind::kInt);
  auto container = [&](const Candidate* candidate) {
    return candidate == nullptr ? ContainerId() : representations_.class_container(candidate->cls);
  };
  if (with_float != nullptr || with_int != nullptr) {
    program_.boxing = {.scheme = scheme,
                       .float_container = container(with_float),
                       .int_container = container(with_int)};
  }
  for (const Candidate& candidate : candidates_) {
    bool is_float = program_.cls(candidate.cls).unboxed == UnboxedKind::kFloat;
    const Candidate* chosen = is_float ? with_float : with_int;
    UnboxedReport report = {.class_name = program_.cls(candidate.cls).name,
                            .is_immediate = &candidate == chosen,
                            .remark = candidate.obstacle};
    if (report.is_immediate) {
      if (!is_float) {
        report.remark = fmt::format("integers of more than {} bits are on the heap",
                                    scheme == BoxingScheme::kNan ? 48 : 63);
      }
    } else if (is_host_) {
      if (report.remark.empty()) {
        caches_.emplace(candidate.cls, Cache());
        report.remark = "small whole values are kept";
      }
    } else if (scheme == BoxingScheme::kNone) {
      report.remark = "--boxing=none";
    } else if (is_float && !boxing::HoldsFloats(scheme)) {
      report.remark = "--boxing=tagged holds integers only";
    } else if (report.remark.empty()) {
      report.remark = fmt::format("'{}' is made in more places", program_.cls(chosen->cls).name);
    }
    reports_.push_back(std::move(report));
  }
}

bool UnboxedClasses::IsImmediate(ClassId cls) const {
  ContainerId container = representations_.class_container(cls);
  return container == program_.boxing.float_container || container == program_.boxing.int_container;
}

bool UnboxedClasses::MayBeImmediate(ClassId cls) const {
  return program_.MayBeImmediate(representations_.class_container(cls));
}

ClassId UnboxedClasses::ImmediateBelow(ClassId cls) const {
  auto [first, last] = representations_.PreorderRange(cls);
  for (uint32_t i = first; i < last; ++i) {
    if (IsImmediate(representations_.preorder()[i])) return representations_.preorder()[i];
  }
  WEFT_FATAL("no class below '{}' is an immediate", program_.cls(cls).name);
}

bool UnboxedClasses::MayBeOnHeap(ClassId cls) const {
  auto [first, last] = representations_.PreorderRange(cls);
  for (uint32_t i = first; i < last; ++i) {
    ClassId below = representations_.preorder()[i];
    if (!is_instantiated_[below.index]) continue;
    if (!IsImmediate(below) || !AlwaysFits(below)) return true;
  }
  return false;
}

// ---- Functions for what may be either ----

FunctionId UnboxedClasses::UnboxFunction(ClassId declaring) const {
  for (const auto& [cls, function] : unbox_) {
    if (cls == declaring) return function;
  }
  WEFT_FATAL("objects of '{}' are not of two kinds", program_.cls(declaring).name);
}

FunctionId UnboxedClasses::AddFunction(std::string name, TypeId result, TypeId parameter) {
  auto function = std::make_unique<FunctionInfo>();
  function->name = std::move(name);
  function->type = program_.types.Function(result, std::vector<TypeId>{parameter});
  function->hints.always_inline = true;
  return program_.AddFunction(std::move(function));
}

void UnboxedClasses::AddCache(ClassId cls) {
  const flowgraph::ClassInfo& info = program_.cls(cls);
  ContainerId container = representations_.class_container(cls);
  bool is_float = info.unboxed == UnboxedKind::kFloat;
  Cache& cache = caches_.at(cls);
  cache.box = AddFunction(fmt::format("weft::box<{}>", info.name), program_.types.Ptr(container),
                          is_float ? TypeTable::F64() : TypeTable::I64());
  FunctionInfo& function = program_.function(cache.box);
  // Hosts inline it where that pays.
  function.hints = {.never_inline = true};
  function.parameter_names = {"value"};
  function.loc = info.loc;
  cache.objects = GlobalId(program_.globals.size());
  ContainerId array = representations_.array(program_.types.Object(cls));
  program_.globals.push_back({.name = fmt::format("weft::boxes<{}>", info.name),
                              .type = program_.types.Ptr(array),
                              .loc = info.loc,
                              .items = {},
                              .item_types = {}});
}

void UnboxedClasses::AddFunctions() {
  for (const Candidate& candidate : candidates_) {
    if (IsCached(candidate.cls)) AddCache(candidate.cls);
  }
  if (ContainerId id = program_.boxing.int_container; id.is_valid()) {
    const lltype::Container& container = program_.containers.Get(id);
    box_ = AddFunction(fmt::format("weft::box<{}>", container.name), program_.types.Ptr(id),
                       TypeTable::I64());
    program_.function(box_).parameter_names = {"value"};
    program_.function(box_).loc = program_.cls(container.cls).loc;
  }
  for (ContainerId id : {program_.boxing.float_container, program_.boxing.int_container}) {
    if (!id.is_valid()) continue;
    // The class that declares the field is the highest one with a kind.
    ClassId cls = program_.containers.Get(id).cls;
    while (program_.cls(program_.cls(cls).parent).unboxed != UnboxedKind::kNone) {
      cls = program_.cls(cls).parent;
    }
    if (!MayBeOnHeap(cls)) continue;
    ContainerId declaring = representations_.class_container(cls);
    FunctionId unbox = AddFunction(fmt::format("weft::unbox<{}>", program_.cls(cls).name),
                                   program_.containers.Get(declaring).fields[0].type,
                                   program_.types.Ptr(declaring));
    program_.function(unbox).parameter_names = {"object"};
    program_.function(unbox).loc = program_.cls(cls).loc;
    unbox_.emplace_back(cls, unbox);
  }
}

// What a cached class's objects are made by:
//
//     Number* box(double value) {
//       int32_t whole = int32_t(value);
//       uint32_t number = whole - kFirstCached;
//       if (number >= kCached || bits of double(whole) != bits of value) return new Number(value);
//       if (boxes != nullptr && boxes[number] != nullptr) return boxes[number];
//       Number* made = new Number(value);
//       if (boxes == nullptr) boxes = Array<Number*>(kCached);
//       return boxes[number] = made;
//     }
void UnboxedClasses::FillCachedBox(ClassId cls, const Cache& cache) {
  FunctionInfo& function = program_.function(cache.box);
  const bool is_float = program_.cls(cls).unboxed == UnboxedKind::kFloat;
  const ContainerId container = representations_.class_container(cls);
  const TypeId pointer = program_.types.Ptr(container);
  const TypeId array_type = program_.global(cache.objects).type;
  const ContainerId array = program_.types.Container(array_type);
  Graph& graph = function.graph;
  BlockId blocks[8];
  for (BlockId& block : blocks) block = graph.AddBlock();
  auto [entry, is_whole, has_cache, is_kept, is_new, makes_cache, keeps, plain] = blocks;
  graph.block(is_new).is_cold = true;
  graph.block(makes_cache).is_cold = true;
  graph.block(keeps).is_cold = true;

  auto emit = [&](BlockId block, Opcode opcode, TypeId type, const flowgraph::ValueList& args,
                  uint32_t imm = TypedId<void>::kNone, uint32_t imm2 = TypedId<void>::kNone) {
    return graph.Append(block, opcode, type, args, imm, imm2, function.loc);
  };
  auto jump = [&](BlockId block, BlockId target) {
    graph.block(block).exit.kind = flowgraph::ExitKind::kJump;
    graph.block(block).exit.links = {{.target = target, .args = {}}};
  };
  auto branch = [&](BlockId block, ValueId condition, BlockId yes, BlockId no) {
    flowgraph::Exit& exit = graph.block(block).exit;
    exit.kind = flowgraph::ExitKind::kBranch;
    exit.value = condition;
    exit.links = {{.target = yes, .args = {}}, {.target = no, .args = {}}};
  };
  auto give = [&](BlockId block, ValueId value) {
    graph.block(block).exit.kind = flowgraph::ExitKind::kReturn;
    graph.block(block).exit.value = value;
  };
  auto make = [&](BlockId block, ValueId value) {
    ValueId object = emit(block, Opcode::kMalloc, pointer, {}, container.index);
    emit(block, Opcode::kSetField, TypeTable::Void(), {object, value}, container.index, 0);
    return object;
  };
  auto is_null = [&](BlockId block, ValueId value) {
    return emit(block, Opcode::kEq, TypeTable::Bool(), {value, graph.Zero(graph.type(value))});
  };

  const uint32_t whole = program_.EmptyPath().index;
  ValueId value = graph.AddArgument(entry, is_float ? TypeTable::F64() : TypeTable::I64());
  ValueId index;
  auto is_below = [&](BlockId block, TypeId type, ValueId number) {
    ValueId place = emit(block, Opcode::kConvert, type, {number});
    return emit(block, Opcode::kLt, TypeTable::Bool(), {place, graph.Int(type, kCached)});
  };
  if (is_float) {
    ValueId number = emit(entry, Opcode::kConvert, TypeTable::I32(), {value});
    ValueId first = graph.Int(TypeTable::I32(), kFirstCached);
    ValueId distance = emit(entry, Opcode::kSub, TypeTable::I32(), {number, first});
    branch(entry, is_below(entry, TypeTable::U32(), distance), is_whole, plain);
    // The bits, because -0 is another number than 0.
    ValueId back = emit(is_whole, Opcode::kConvert, TypeTable::F64(), {number});
    ValueId same = emit(is_whole, Opcode::kEq, TypeTable::Bool(),
                        {emit(is_whole, Opcode::kF64Bits, TypeTable::U64(), {back}),
                         emit(is_whole, Opcode::kF64Bits, TypeTable::U64(), {value})});
    branch(is_whole, same, has_cache, plain);
    index = emit(has_cache, Opcode::kConvert, TypeTable::I64(), {distance});
  } else {
    jump(entry, is_whole);
    index = emit(is_whole, Opcode::kSub, TypeTable::I64(), {value, graph.I64(kFirstCached)});
    branch(is_whole, is_below(is_whole, TypeTable::U64(), index), has_cache, plain);
  }
  ValueId objects = emit(has_cache, Opcode::kGlobalGet, array_type, {}, cache.objects.index, whole);
  branch(has_cache, is_null(has_cache, objects), is_new, is_kept);
  ValueId kept = emit(is_kept, Opcode::kGetItem, pointer, {objects, index}, array.index, 0);
  BlockId found = graph.AddBlock();
  branch(is_kept, is_null(is_kept, kept), is_new, found);
  give(found, kept);
  ValueId made = make(is_new, value);
  branch(is_new, is_null(is_new, objects), makes_cache, keeps);
  // The block that keeps the object takes the cache that there is by then.
  ValueId fresh =
      emit(makes_cache, Opcode::kMallocItems, array_type, {graph.I64(kCached)}, array.index);
  emit(makes_cache, Opcode::kGlobalSet, TypeTable::Void(), {fresh}, cache.objects.index, whole);
  jump(makes_cache, keeps);
  ValueId now = emit(keeps, Opcode::kGlobalGet, array_type, {}, cache.objects.index, whole);
  emit(keeps, Opcode::kSetItem, TypeTable::Void(), {now, index, made}, array.index, 0);
  give(keeps, made);
  give(plain, make(plain, value));
}

void UnboxedClasses::FillFunctions() {
  for (const Candidate& candidate : candidates_) {
    if (IsCached(candidate.cls)) FillCachedBox(candidate.cls, caches_.at(candidate.cls));
  }
  auto branch = [](Graph& graph, ValueId condition, BlockId yes, BlockId no) {
    flowgraph::Exit& exit = graph.block(Graph::Entry()).exit;
    exit.kind = flowgraph::ExitKind::kBranch;
    exit.value = condition;
    exit.links = {{.target = yes, .args = {}}, {.target = no, .args = {}}};
  };
  auto give = [](Graph& graph, BlockId block, ValueId value) {
    graph.block(block).exit.kind = flowgraph::ExitKind::kReturn;
    graph.block(block).exit.value = value;
  };
  constexpr uint32_t kNone = TypedId<void>::kNone;
  if (box_.is_valid()) {
    FunctionInfo& function = program_.function(box_);
    Graph& graph = function.graph;
    SourceLoc loc = function.loc;
    ContainerId container = program_.boxing.int_container;
    TypeId pointer = program_.types.Ptr(container);
    BlockId entry = graph.AddBlock();
    ValueId value = graph.AddArgument(entry, TypeTable::I64());
    BlockId immediate = graph.AddBlock();
    BlockId heap = graph.AddBlock();
    graph.block(heap).is_cold = true;
    ValueId fits = graph.Append(entry, Opcode::kFitsImmediate, TypeTable::Bool(), {value},
                                container.index, kNone, loc);
    branch(graph, fits, immediate, heap);
    give(graph, immediate,
         graph.Append(immediate, Opcode::kBox, pointer, {value}, container.index, kNone, loc));
    ValueId object = graph.Append(heap, Opcode::kMalloc, pointer, {}, container.index, kNone, loc);
    graph.Append(heap, Opcode::kSetField, TypeTable::Void(), {object, value}, container.index, 0,
                 loc);
    give(graph, heap, object);
  }
  for (const auto& [cls, id] : unbox_) {
    FunctionInfo& function = program_.function(id);
    Graph& graph = function.graph;
    SourceLoc loc = function.loc;
    ContainerId declaring = representations_.class_container(cls);
    ContainerId container = representations_.class_container(ImmediateBelow(cls));
    TypeId type = program_.types.Element(function.type);
    BlockId entry = graph.AddBlock();
    ValueId object = graph.AddArgument(entry, program_.types.Ptr(declaring));
    BlockId immediate = graph.AddBlock();
    BlockId heap = graph.AddBlock();
    ValueId test = graph.Append(entry, Opcode::kIsImmediate, TypeTable::Bool(), {object},
                                container.index, kNone, loc);
    branch(graph, test, immediate, heap);
    ValueId exact = object;
    if (container != declaring) {
      exact = graph.Append(immediate, Opcode::kCastPtr, program_.types.Ptr(container), {object},
                           kNone, kNone, loc);
    }
    give(graph, immediate,
         graph.Append(immediate, Opcode::kUnbox, type, {exact}, container.index, kNone, loc));
    give(graph, heap,
         graph.Append(heap, Opcode::kGetField, type, {object}, declaring.index, 0, loc));
  }
}

// ---- Operations ----

bool FunctionRtyper::IsUnboxed(ClassId cls) const {
  return program_.cls(cls).unboxed != UnboxedKind::kNone;
}

ClassId FunctionRtyper::DeepestClass(ValueId object) const {
  auto it = deepest_classes_.find(object);
  return it == deepest_classes_.end() ? types_.Class(old_.type(object)) : it->second;
}

bool FunctionRtyper::IsPending(ValueId object) {
  if (!creations_.has_value()) return false;
  ValueId made = creations_->ObjectOf(object);
  return made.is_valid() && mapping_[made.index].first == kUnmapped;
}

void FunctionRtyper::LowerUnboxedNew(const Operation& op) {
  ClassId cls(op.imm);
  if (context_.unboxed.IsImmediate(cls) || context_.unboxed.IsCached(cls)) {
    // The write of the value makes it. Until then a failure to do so belongs to this handler.
    if (may_catch_) pending_handlers_.emplace(op.result, on_exception_);
    return;
  }
  ContainerId container = representations_.class_container(cls);
  Define(op.result, Emit(Opcode::kMalloc, types_.Ptr(container), {}, container.index));
}

void FunctionRtyper::LowerUnboxedSet(const Operation& op) {
  if (!IsPending(op.args[0])) {
    return SetFields(FieldPlace(op), program_.TypeOfField(ClassId(op.imm), PathId(op.imm2)),
                     op.args[1]);
  }
  ValueId made = creations_->ObjectOf(op.args[0]);
  ClassId cls = types_.Class(OldType(made));
  ContainerId container = representations_.class_container(cls);
  TypeId pointer = types_.Ptr(container);
  ValueId value = One(op.args[1]);
  if (!context_.unboxed.IsCached(cls) && context_.unboxed.AlwaysFits(cls)) {
    Define(made, Emit(Opcode::kBox, pointer, {value}, container.index));
  } else if (auto handler = pending_handlers_.find(made); handler != pending_handlers_.end()) {
    WEFT_CHECK(!may_catch_ && !has_caught_, "a write does not raise");
    on_exception_ = handler->second;
    may_catch_ = true;
    ValueId object = Emit(Opcode::kCall, pointer, {value}, context_.unboxed.BoxFunction(cls).index);
    SplitBlock();
    Define(made, object);
  } else {
    Define(made, Emit(Opcode::kCall, pointer, {value}, context_.unboxed.BoxFunction(cls).index));
  }
  // Names at base classes that were given to it before.
  for (auto [alias, type] : std::exchange(pending_names_[made], {})) {
    Define(alias, Cast(One(made), type));
  }
}

bool FunctionRtyper::LowerPendingUpcast(const Operation& op) {
  if (!IsPending(op.args[0])) return false;
  pending_names_[creations_->ObjectOf(op.args[0])].emplace_back(
      op.result, representations_.Scalar(OldType(op.result)));
  return true;
}

void FunctionRtyper::LowerUnboxedGet(const Operation& op) {
  ClassId declaring(op.imm);
  ValueId object = op.args[0];
  ClassId cls = DeepestClass(object);
  if (!context_.unboxed.MayBeImmediate(cls)) return GetFields(op.result, FieldPlace(op));
  ClassId immediate = context_.unboxed.ImmediateBelow(cls);
  ContainerId container = representations_.class_container(immediate);
  TypeId type = representations_.Scalar(OldType(op.result));
  if (!context_.unboxed.MayBeOnHeap(cls)) {
    ValueId exact = Cast(One(object), types_.Ptr(container));
    return Define(op.result, Emit(Opcode::kUnbox, type, {exact}, container.index));
  }
  ValueId at_declaring = Cast(One(object), types_.Ptr(representations_.class_container(declaring)));
  Define(op.result, Emit(Opcode::kCall, type, {at_declaring},
                         context_.unboxed.UnboxFunction(declaring).index));
}

}  // namespace weft::rtyper
