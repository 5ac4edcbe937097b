// mutation.cc with malloc and free. A replaced record may still be linked to, so records count the
// references to them.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { kLinks = 4 };

typedef struct Record {
  int64_t key;
  int64_t references;
  struct Record** links;
} Record;

static uint64_t state = 88172645463325252u;

static uint64_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static Record* new_record(int64_t key) {
  Record* record = malloc(sizeof(Record));
  if (record == NULL) abort();
  record->key = key;
  record->references = 1;
  record->links = calloc(kLinks, sizeof(Record*));
  return record;
}

// A record that dies has no links: the caller has cleared them.
static void release(Record* record) {
  if (record == NULL || --record->references != 0) return;
  free(record->links);
  free(record);
}

int main(int argc, char** argv) {
  int64_t size = argc > 1 ? atoll(argv[1]) : 200000;
  int64_t steps = size * 10;
  Record** table = calloc((size_t)size, sizeof(Record*));
  for (int64_t i = 0; i < size; i++) table[i] = new_record(i);
  int64_t sum = 0;
  for (int64_t step = 0; step < steps; step++) {
    uint64_t bits = next_random();
    int64_t at = (int64_t)((bits >> 8) % (uint64_t)size);
    if (bits % 8 == 0) {
      Record* old = table[at];
      for (int i = 0; i < kLinks; i++) {
        release(old->links[i]);
        old->links[i] = NULL;
      }
      table[at] = new_record(step);
      release(old);
    } else {
      int64_t other = (int64_t)((bits >> 32) % (uint64_t)size);
      Record* to = table[other];
      Record** slot = &table[at]->links[bits % kLinks];
      ++to->references;
      release(*slot);
      *slot = to;
      sum += to->key;
    }
  }
  printf("%lld\n", (long long)sum);
  return 0;
}
