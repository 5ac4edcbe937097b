// strings.cc with malloc and free. A string has one owner; what is kept longer is copied.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Str {
  int64_t length;
  char bytes[];
} Str;

static Str* new_str(int64_t length) {
  Str* text = malloc(sizeof(Str) + (size_t)length);
  if (text == NULL) abort();
  text->length = length;
  return text;
}

static Str* word(int64_t n) {
  int* digits = calloc(8, sizeof(int));
  int length = 0;
  int64_t rest = n;
  do {
    digits[length++] = (int)(rest % 26);
    rest /= 26;
  } while (rest != 0);
  Str* text = new_str(length);
  for (int i = 0; i < length; i++) text->bytes[i] = (char)('a' + digits[length - 1 - i]);
  free(digits);
  return text;
}

static Str* join(const Str* a, const char* between, const Str* b) {
  int64_t middle = (int64_t)strlen(between);
  Str* text = new_str(a->length + middle + b->length);
  memcpy(text->bytes, a->bytes, (size_t)a->length);
  memcpy(text->bytes + a->length, between, (size_t)middle);
  memcpy(text->bytes + a->length + middle, b->bytes, (size_t)b->length);
  return text;
}

static Str* cut(const Str* text, int64_t length) {
  Str* part = new_str(length);
  memcpy(part->bytes, text->bytes, (size_t)length);
  return part;
}

// A table with open addressing, at most half full.
typedef struct Entry {
  Str* key;
  int64_t value;
} Entry;

static Entry* entries;
static size_t capacity = 8;
static size_t length;

static size_t hash(const Str* text) {
  uint64_t h = UINT64_C(14695981039346656037);
  for (int64_t i = 0; i < text->length; i++) {
    h = (h ^ (uint8_t)text->bytes[i]) * UINT64_C(1099511628211);
  }
  return (size_t)(h ^ (h >> 32));
}

static Entry* find(const Str* key) {
  for (size_t i = hash(key);; i++) {
    Entry* entry = &entries[i & (capacity - 1)];
    if (entry->key == NULL) return entry;
    if (entry->key->length == key->length &&
        memcmp(entry->key->bytes, key->bytes, (size_t)key->length) == 0) {
      return entry;
    }
  }
}

static void count_key(const Str* key) {
  Entry* entry = find(key);
  if (entry->key != NULL) {
    ++entry->value;
    return;
  }
  entry->key = cut(key, key->length);
  entry->value = 1;
  if (++length * 2 < capacity) return;
  Entry* old = entries;
  size_t old_capacity = capacity;
  capacity *= 2;
  entries = calloc(capacity, sizeof(Entry));
  for (size_t i = 0; i < old_capacity; i++) {
    if (old[i].key != NULL) *find(old[i].key) = old[i];
  }
  free(old);
}

int main(int argc, char** argv) {
  int64_t count = argc > 1 ? atoll(argv[1]) : 2000000;
  entries = calloc(capacity, sizeof(Entry));
  int64_t total = 0;
  Str* window[16] = {0};
  for (int64_t i = 0; i < count; i++) {
    Str* first = word(i * 7919 % 50021);
    Str* second = word(i % 613);
    Str* text = join(first, "-", second);
    Str* half = cut(text, text->length / 2);
    free(first);
    free(second);
    free(text);
    free(window[i % 16]);
    window[i % 16] = half;
    if (i % 16 == 15) {
      Str** copy = calloc(16, sizeof(Str*));
      memcpy(copy, window, sizeof window);
      for (int j = 0; j < 16; j++) total += copy[j]->length;
      free(copy);
    }
    if (i % 4 == 0) count_key(half);
  }
  printf("%lld %zu\n", (long long)total, length);
  return 0;
}
