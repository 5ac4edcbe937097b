// CRC-32 from a table that is computed when the program is translated, Adler-32, FNV, base64.

#include "tests/battery/show.h"

using namespace weft;

static Array<uint32_t> make_table() {
  Array<uint32_t> table(256);
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  return table;
}
static const Array<uint32_t> kTable = make_table();

static uint32_t crc32(Str data) {
  uint32_t crc = 0xffffffffu;
  for (uint8_t byte : data) crc = kTable[(crc ^ byte) & 0xff] ^ (crc >> 8);
  return ~crc;
}
static uint32_t adler32(Str data) {
  uint32_t a = 1;
  uint32_t b = 0;
  for (uint8_t byte : data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return (b << 16) | a;
}
static uint64_t fnv1a(Str data) {
  uint64_t hash = 0xcbf29ce484222325;
  for (uint8_t byte : data) {
    hash ^= byte;
    hash *= 0x100000001b3;
  }
  return hash;
}
static Str base64(Str data) {
  Str digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  StrBuilder out;
  for (int64_t i = 0; i < data.length(); i += 3) {
    uint32_t block = 0;
    for (int64_t k = 0; k < 3; k++) {
      block = block << 8 | (i + k < data.length() ? data[i + k] : 0u);
    }
    for (int64_t k = 0; k < 4; k++) {
      out.append_byte(i + k > data.length() ? static_cast<uint8_t>('=')
                                            : digits[block >> (18 - 6 * k) & 63]);
    }
  }
  return out.build();
}

int run(Array<Str>) {
  static const Str kTexts[] = {"", "a", "123456789", "The quick brown fox"};
  for (Str text : kTexts) {
    println(format_uint(crc32(text), 16) + " " + format_uint(adler32(text), 16) + " " +
            format_uint(fnv1a(text), 16) + " [" + base64(text) + "]");
  }
  return 0;
}

WEFT_MAIN(run)

//| 0 1 cbf29ce484222325 []
//| e8b7be43 620062 af63dc4c8601ec8c [YQ==]
//| cbf43926 91e01de 6d5573923c6cdfc [MTIzNDU2Nzg5]
//| b74574de 452e0714 2374316b9b449782 [VGhlIHF1aWNrIGJyb3duIGZveA==]
