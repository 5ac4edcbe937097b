#ifndef WEFT_GC_FINALIZERS_H_
#define WEFT_GC_FINALIZERS_H_

// Which finalizers are to run, and running them.
//
// An object whose type has one is listed when it is allocated. After a collection has found what is
// reachable, an unreachable one is due unless another unreachable one with a finalizer reaches it:
// it then waits for a later collection, so that a finalizer always finds what it refers to intact.
// Objects on a cycle are due together, after those that are not on one. What is due is kept alive
// with everything it reaches, leaves the list (so that a finalizer runs once, whatever it
// resurrects), and runs at the next allocation, when the program's own roots are in place.

#include "gc/support.h"

namespace weft::gc {

class Finalizers {
 public:
  void Add(weft_object* object) { listed_.Push(object); }
  bool empty() const { return listed_.empty(); }

  // To be called when everything that the roots reach, what is due already among them, has been
  // found. The heap offers:
  //   weft_object* Alive(object)   where a reached object is now, null for one that was not reached
  //   void TraceFrom(object)       reaches all that an object refers to, but not the object itself
  //   weft_object* Keep(object)    reaches an object, and says where it is now
  template <typename Heap>
  void FindDue(Heap& heap);

  size_t due_count() const { return due_.size() - next_due_; }
  // Calls visit(weft_object** slot) for each object whose finalizer waits to run: roots.
  template <typename Visit>
  void ForEachDue(Visit visit) {
    for (size_t i = next_due_; i < due_.size(); ++i) visit(&due_[i]);
  }

  // Runs what is due; does nothing within a finalizer. May collect.
  void Run();
  bool running() const { return running_; }

 private:
  // Live objects with a finalizer that has not run, in order of allocation.
  Vector<weft_object*> listed_;
  Vector<weft_object*> dead_;
  Vector<weft_object*> on_cycle_;
  // From next_due_ on.
  Vector<weft_object*> due_;
  size_t next_due_ = 0;
  bool running_ = false;
};

template <typename Heap>
void Finalizers::FindDue(Heap& heap) {
  dead_.Resize(0);
  on_cycle_.Resize(0);
  size_t alive = 0;
  for (size_t i = 0; i < listed_.size(); ++i) {
    weft_object* now = heap.Alive(listed_[i]);
    if (now != nullptr) {
      listed_[alive++] = now;
    } else {
      dead_.Push(listed_[i]);
    }
  }
  listed_.Resize(alive);
  // Reach what each dead one refers to, the object itself left out. What is reached in the end is
  // reached by another one, or by itself.
  for (size_t i = 0; i < dead_.size(); ++i) {
    if (heap.Alive(dead_[i]) != nullptr) continue;
    heap.TraceFrom(dead_[i]);
    if (heap.Alive(dead_[i]) != nullptr) on_cycle_.Push(dead_[i]);
  }
  size_t next_on_cycle = 0;
  for (size_t i = 0; i < dead_.size(); ++i) {
    weft_object* object = dead_[i];
    weft_object* now = heap.Alive(object);
    if (now == nullptr) {
      due_.Push(heap.Keep(object));
    } else if (next_on_cycle < on_cycle_.size() && on_cycle_[next_on_cycle] == object) {
      ++next_on_cycle;
    } else {
      listed_.Push(now);
    }
  }
  for (size_t i = 0; i < on_cycle_.size(); ++i) due_.Push(heap.Alive(on_cycle_[i]));
}

}  // namespace weft::gc

#endif  // WEFT_GC_FINALIZERS_H_
