/* JSON texts at random, right or nearly so. */
#ifndef SPEC_RANDOM_JSON_H
#define SPEC_RANDOM_JSON_H

#include "support.h"

static inline size_t below(uint64_t *seed, size_t limit) {
  return (size_t)(next_random(seed) >> 16) % limit;
}

static inline void put_space(text *out, uint64_t *seed) {
  static const char *const spaces[] = {
      "", "", "", "", " ", "\n", "\t\r\n", "\n        ", "  ", "\n                    "};
  text_put(out, spaces[below(seed, COUNT(spaces))]);
}

static inline void put_string(text *out, uint64_t *seed) {
  static const char *const pieces[] = {"a",
                                       "name",
                                       "\\n",
                                       "\\\"",
                                       "\\\\",
                                       "\\u00e4",
                                       "\\ud83d\\ude00",
                                       "\xC3\xA4",
                                       "\xE2\x82\xAC",
                                       "\xF0\x9F\x98\x80",
                                       "a longer piece of text",
                                       "0123456789abcdef0123456789abcdef",
                                       ",",
                                       "{",
                                       "\\/"};
  size_t count = below(seed, 8) == 0 ? below(seed, 30) : below(seed, 3);
  text_put(out, "\"");
  for (size_t i = 0; i < count; i++)
    text_put(out, pieces[below(seed, below(seed, 2) == 0 ? 2 : COUNT(pieces))]);
  text_put(out, "\"");
}

static inline void put_name(text *out, uint64_t *seed) {
  static const char *const names[] = {"\"id\"",
                                      "\"product\"",
                                      "\"region\"",
                                      "\"amount\"",
                                      "\"a_name_of_30_bytes_and_no_more\"",
                                      "\"a_name_of_31_bytes_and_one_more_\""};
  if (below(seed, 5) == 0)
    put_string(out, seed);
  else
    text_put(out, names[below(seed, COUNT(names))]);
}

static inline void put_scalar(text *out, uint64_t *seed) {
  static const char *const scalars[] = {"0",
                                        "-0",
                                        "1",
                                        "-12",
                                        "0.019508",
                                        "8.23e-05",
                                        "1E5",
                                        "1e+5",
                                        "1e400",
                                        "-1e-400",
                                        "62686.0",
                                        "12345678901234567890",
                                        "0.12345678901234567",
                                        "true",
                                        "false",
                                        "null",
                                        "123456789012345",
                                        "1234567890123456",
                                        "-1.5E-3",
                                        "01",
                                        "1.",
                                        "1.e5",
                                        "-",
                                        "1e",
                                        "1e-",
                                        "+1",
                                        ".5",
                                        "1.5.5",
                                        "1e5e5",
                                        "1-1",
                                        "tru",
                                        "nul",
                                        "00",
                                        "-01",
                                        "1e-5.5",
                                        "5-e"};
  size_t right = 19;
  if (below(seed, 2) == 0)
    put_string(out, seed);
  else
    text_put(out, scalars[below(seed, below(seed, 60) == 0 ? COUNT(scalars) : right)]);
}

/* A value with a few levels of containers, made without recursion: what is open is in `stack`. */
static inline void put_document(text *out, uint64_t *seed) {
  char stack[8];
  size_t depth = 0, left = below(seed, 40) + 1;
  bool first = true;
  for (;;) {
    if (depth > 0 && (left == 0 || below(seed, 6) == 0)) {
      text_add(out, stack[--depth] == '{' ? "}" : "]", 1);
      first = false;
    } else {
      if (depth > 0 && !first)
        text_put(out, ",");
      put_space(out, seed);
      if (depth > 0 && stack[depth - 1] == '{') {
        put_name(out, seed);
        put_space(out, seed);
        text_put(out, ":");
        put_space(out, seed);
      }
      first = false;
      left -= left > 0;
      if (depth < sizeof stack && below(seed, depth == 0 ? 8 : 4) != (depth == 0 ? 1 : 0)) {
        if (depth == 0 || below(seed, 4) == 0) {
          stack[depth] = below(seed, 3) == 0 ? '[' : '{';
          text_add(out, &stack[depth++], 1);
          first = true;
        } else {
          put_scalar(out, seed);
        }
      } else {
        put_scalar(out, seed);
      }
    }
    put_space(out, seed);
    if (depth == 0)
      return;
  }
}

static inline void mutate(text *out, uint64_t *seed) {
  static const char bytes[] = "\"\"\\\\{}[],,::0019.-eEtfnu \n\x01\x80\xFF\xC3";
  size_t at = below(seed, out->length);
  switch (below(seed, 3)) {
  case 0:
    out->bytes[at] = bytes[below(seed, sizeof bytes)];
    break;
  case 1:
    memmove(out->bytes + at, out->bytes + at + 1, out->length - at);
    out->length--;
    break;
  default:
    out->bytes[at] ^= (char)(1 << below(seed, 8));
  }
}

#endif
