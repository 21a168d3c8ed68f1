/* What a target makes of the bytes that it is given: first some choices, then a text.

   Rows of one shape that stand one behind the other are read in other ways than any text, and
   nobody comes upon them by chance: so a text may say that a piece of it comes again. */
#ifndef SPEC_FUZZ_INPUT_H
#define SPEC_FUZZ_INPUT_H

#include "c/support.h"

enum {
  TEXT_MOST = 3000,
  /* Bytes that no UTF-8 has. A piece begins behind the first, or where the one before ended, and
     the second, with a count behind it, repeats it. Then '#' in it is another digit each time. */
  PIECE_BEGINS = 0xFD,
  PIECE_AGAIN = 0xFE,
  AGAIN_MOST = 40
};

/* The target: looks for something wrong in what the input makes it do. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

typedef struct input {
  const uint8_t *at;
  const uint8_t *end;
} input;

/* Zeros when all is used up. */
static inline uint8_t take_byte(input *from) {
  return from->at < from->end ? *from->at++ : 0;
}

static inline uint64_t take_word(input *from) {
  uint64_t word = 0;
  for (size_t i = 0; i < sizeof word; i++)
    word |= (uint64_t)take_byte(from) << 8 * i;
  return word;
}

static inline size_t take_below(input *from, size_t limit) {
  return take_byte(from) % limit;
}

static inline bool take_bool(input *from) {
  return take_below(from, 2) == 1;
}

static inline void set_digits(char *bytes, size_t length, size_t number) {
  for (size_t i = 0; i < length; i++)
    if (bytes[i] == '#')
      bytes[i] = (char)('0' + number % 10);
}

/* `out` has room for TEXT_MOST bytes and stays where it is. */
static inline void repeat_piece(text *out, size_t from, size_t times) {
  const size_t length = out->length - from;
  for (size_t i = 1; i <= times && length <= TEXT_MOST - out->length; i++) {
    text_add(out, out->bytes + from, length);
    set_digits(out->bytes + out->length - length, length, i);
  }
  set_digits(out->bytes + from, length, 0);
}

/* The rest of the input. */
static inline text take_text(input *from) {
  text out = {malloc(TEXT_MOST + 2), 0, TEXT_MOST + 2};
  size_t piece = 0;
  assert_non_null(out.bytes);
  out.bytes[0] = '\0';
  while (from->at < from->end && out.length < TEXT_MOST) {
    const uint8_t byte = take_byte(from);
    if (byte == PIECE_AGAIN)
      repeat_piece(&out, piece, take_below(from, AGAIN_MOST));
    else if (byte != PIECE_BEGINS)
      text_add(&out, (const char *)&byte, 1);
    if (byte == PIECE_AGAIN || byte == PIECE_BEGINS)
      piece = out.length;
  }
  return out;
}

#endif
