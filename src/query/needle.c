#include "needle.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The algorithm of Knuth, Morris and Pratt: texts come from a service and can be long, so that
   trying at each place anew would be theirs to slow down. */
struct cs_needle {
  char *bytes;
  size_t length;
  size_t borders[]; /* [i]: longest proper prefix that ends bytes[0] to bytes[i], too */
};

static void find_borders(cs_needle *needle) {
  size_t border = 0;
  for (size_t i = 1; i < needle->length; i++) {
    while (border > 0 && needle->bytes[i] != needle->bytes[border])
      border = needle->borders[border - 1];
    if (needle->bytes[i] == needle->bytes[border])
      border++;
    needle->borders[i] = border;
  }
}

cs_needle *cs_needle_new(cs_span bytes) {
  const size_t length = bytes.length, size_each = sizeof(size_t) + 1;
  if (length > (SIZE_MAX - sizeof(cs_needle)) / size_each)
    return NULL;
  cs_needle *const needle = malloc(sizeof *needle + length * size_each);
  if (needle == NULL)
    return NULL;
  needle->bytes = (char *)(needle->borders + length);
  needle->length = length;
  if (length > 0) {
    needle->borders[0] = 0;
    memcpy(needle->bytes, bytes.bytes, length);
  }
  find_borders(needle);
  return needle;
}

bool cs_needle_is_in(const cs_needle *needle, cs_span text) {
  const char *at = text.bytes;
  size_t left = text.length, matched = 0;
  while (matched < needle->length) {
    if (left < needle->length - matched)
      return false;
    if (matched == 0) {
      const char *const candidate = memchr(at, needle->bytes[0], left);
      if (candidate == NULL)
        return false;
      left -= (size_t)(candidate - at);
      at = candidate;
    }
    while (matched < needle->length && left > 0 && *at == needle->bytes[matched]) {
      matched++;
      at++;
      left--;
    }
    if (matched < needle->length && matched > 0)
      matched = needle->borders[matched - 1];
  }
  return true;
}
