// Inheritance: fields and methods of bases, calls of the base's version, inherited constructors.

#include "tests/battery/show.h"

using namespace weft;

class Animal : public Object {
 public:
  Str name;
  int legs;
  Animal(Str name, int legs) : name(name), legs(legs) {}
  virtual Str speak() { return "..."; }
  Str introduce() { return name + " says " + speak(); }
  int count() const { return legs; }
};

class Dog : public Animal {
 public:
  explicit Dog(Str name) : Animal(name, 4) {}
  Str speak() override { return "woof"; }
};

class Puppy : public Dog {
 public:
  using Dog::Dog;
  int age = 1;
  Str speak() override { return Dog::speak() + "!"; }
  int count() const { return 100 + Dog::count(); }
};

class Bird : public Animal {
 public:
  bool flies;
  Bird(Str name, bool flies) : Animal(name, 2), flies(flies) {}
  Str speak() final { return flies ? Str("tweet") : Str("squawk"); }
};

class Fish final : public Animal {
 public:
  Fish() : Animal("fish", 0) {}
};

int run(Array<Str>) {
  List<Animal*> animals;
  animals.append(new Dog("Rex"));
  animals.append(new Puppy("Bit"));
  animals.append(new Bird("Tim", true));
  animals.append(new Bird("Pingu", false));
  animals.append(new Fish());
  animals.append(new Animal("it", 1));
  int legs = 0;
  for (Animal* animal : animals) {
    println(animal->introduce());
    legs += animal->legs;
  }
  show("legs", legs);
  Puppy* puppy = cast<Puppy>(animals[1]);
  show("hidden method", puppy->count());
  show("base method", puppy->Animal::count());
  show("through the base", static_cast<Animal*>(puppy)->count());
  puppy->legs = 3;
  show("inherited field", animals[1]->legs);
  println(puppy->Animal::speak());
  println(puppy->Dog::speak());
  Dog* dog = puppy;
  println(dog->speak());
  return 0;
}

WEFT_MAIN(run)

//| Rex says woof
//| Bit says woof!
//| Tim says tweet
//| Pingu says squawk
//| fish says ...
//| it says ...
//| legs 13
//| hidden method 104
//| base method 4
//| through the base 4
//| inherited field 3
//| ...
//| woof
//| woof!
