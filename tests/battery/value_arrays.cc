// Arrays of structs: elements are places, copies are apart.

#include "tests/battery/show.h"

using namespace weft;

struct Particle {
  double x;
  double speed;
  bool alive;
  void step(double time) {
    if (alive) x += speed * time;
  }
};

static double total(Array<Particle> particles) {
  double sum = 0;
  for (const Particle& p : particles) {
    if (p.alive) sum += p.x;
  }
  return sum;
}

int run(Array<Str>) {
  Array<Particle> particles(10);
  for (int i = 0; i < 10; i++) particles[i] = Particle{i * 1.0, i * 0.5, i % 3 != 0};
  show("total", total(particles));
  for (Particle& p : particles) p.step(2);
  show("after a step", total(particles));
  Particle saved = particles[5];
  particles[5].x = -1000;
  show("saved", saved.x);
  show("changed", particles[5].x);
  particles[5] = saved;
  Particle& first = particles[1];
  first.alive = false;
  show("dead", total(particles));
  Particle t = particles[2];
  particles[2] = particles[8];
  particles[8] = t;
  show("swapped", particles[2].speed);
  array_copy(particles, 0, particles, 5, 5);
  show("copied", particles[0].x);
  Array<Particle> more = resized(particles, 12);
  more[11] = more[0];
  more[0].x = 0;
  show("resized", more[11].x);
  show("old array", particles[0].x);
  fill(particles, Particle{1, 1, true});
  show("filled", total(particles));
  return 0;
}

WEFT_MAIN(run)

//| total 27
//| after a step 54
//| saved 10
//| changed -1000
//| dead 52
//| swapped 4
//| copied 10
//| resized 10
//| old array 10
//| filled 10
