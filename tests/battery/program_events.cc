// A simulation with a queue of closures: callbacks that add callbacks.

#include "tests/battery/show.h"

using namespace weft;

class Simulation : public Object {
 public:
  struct Event {
    int time;
    Closure<void()> action;
  };
  int now = 0;
  List<Str> log;
  void at(int time, Closure<void()> action) { events_.append(Event{time, action}); }
  void after(int delay, Closure<void()> action) { at(now + delay, action); }
  void note(Str what) { log.append(format_int(now) + " " + what); }
  void run() {
    while (!events_.is_empty()) {
      int64_t first = 0;
      for (int64_t i = 1; i < events_.length(); i++) {
        if (events_[i].time < events_[first].time) first = i;
      }
      Event event = events_.remove_at(first);
      now = event.time;
      event.action();
    }
  }

 private:
  List<Event> events_;
};

class Customer : public Object {
 public:
  Simulation* simulation;
  Str name;
  int patience;
  Customer(Simulation* simulation, Str name, int patience)
      : simulation(simulation), name(name), patience(patience) {}
  void arrive() {
    simulation->note(name + " arrives");
    simulation->after(patience, [this] { leave(); });
  }
  void leave() {
    simulation->note(name + " leaves");
    if (patience > 3) {
      patience -= 3;
      simulation->after(1, [this] { arrive(); });
    }
  }
};

int run(Array<Str>) {
  Simulation* simulation = new Simulation();
  Array<Str> names(3);
  names[0] = "ann";
  names[1] = "ben";
  names[2] = "cat";
  for (int i = 0; i < 3; i++) {
    Customer* customer = new Customer(simulation, names[i], 2 + i * 2);
    simulation->at(i * 2, [customer] { customer->arrive(); });
  }
  simulation->run();
  for (Str line : simulation->log) println(line);
  return 0;
}

WEFT_MAIN(run)

//| 0 ann arrives
//| 2 ben arrives
//| 2 ann leaves
//| 4 cat arrives
//| 6 ben leaves
//| 7 ben arrives
//| 8 ben leaves
//| 10 cat leaves
//| 11 cat arrives
//| 14 cat leaves
