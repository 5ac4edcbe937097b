// observers.cc with malloc and free. An element knows its weak reference and clears it when it dies.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Weak {
  struct Element* target;
} Weak;

typedef struct Element {
  int64_t value;
  struct Element* next;
  Weak* weak;
} Element;

enum { kLists = 64, kLength = 100, kObserved = 1024 };

static Weak* new_weak(Element* target) {
  Weak* weak = malloc(sizeof(Weak));
  if (weak == NULL) abort();
  weak->target = target;
  target->weak = weak;
  return weak;
}

static void free_weak(Weak* weak) {
  if (weak == NULL) return;
  if (weak->target != NULL) weak->target->weak = NULL;
  free(weak);
}

static void free_list(Element* list) {
  while (list != NULL) {
    Element* next = list->next;
    if (list->weak != NULL) list->weak->target = NULL;
    free(list);
    list = next;
  }
}

int main(int argc, char** argv) {
  int64_t rounds = argc > 1 ? atoll(argv[1]) : 20000;
  Element** lists = calloc(kLists, sizeof(Element*));
  Weak** observed = calloc(kObserved, sizeof(Weak*));
  int64_t sum = 0;
  for (int64_t round = 0; round < rounds; round++) {
    Element* list = NULL;
    for (int i = 0; i < kLength; i++) {
      Element* element = malloc(sizeof(Element));
      if (element == NULL) abort();
      element->value = round + i;
      element->next = list;
      element->weak = NULL;
      list = element;
      if (i % 10 == 0) {
        int64_t at = (round * 10 + i / 10) % kObserved;
        free_weak(observed[at]);
        observed[at] = new_weak(list);
      }
    }
    free_list(lists[round % kLists]);
    lists[round % kLists] = list;
    for (Element* e = lists[(round * 7) % kLists]; e != NULL; e = e->next) sum += e->value;
    sum += observed[(round * 10) % kObserved]->target->value;
  }
  printf("%lld\n", (long long)sum);
  return 0;
}
