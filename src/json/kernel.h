/* The vector instructions: one algorithm (kernel_body.h), a kernel for each set of them. */
#ifndef CS_JSON_KERNEL_H
#define CS_JSON_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "index.h"
#include "template.h"

struct cs_kernel {
  const char *name;

  /* Classifies blocks `first` to `last` - 1, which begin at `bytes`: fills in `quotes` and
     `before`, adds anchors and marks, which there must be room for, and leaves `carry` behind the
     last. */
  void (*classify)(cs_index *index, const char *bytes, size_t first, size_t last);

  /* The same for blocks that are at `from`, and copies them to `to`. */
  void (*copy)(cs_index *index, char *to, const char *from, size_t first, size_t last);

  /* Quotes before a position, modulo 2^32; escaped ones do not count. */
  uint32_t (*quotes_before)(const cs_index *index, uint32_t at);

  /* Does the row whose first anchor is anchors[0], with `*quotes` before it, have the template's
     shape? Then `*quotes` are those before the anchor behind the row. The anchors of the row and
     that one must be there, 32 bytes must be readable before the row and behind it, and no block
     of it may be marked. */
  bool (*match)(const cs_template *template, const cs_index *index, const char *bytes,
                const uint32_t *anchors, uint32_t *quotes);
};

/* The fastest that this machine runs. */
const cs_kernel *cs_kernel_best(void);

/* The one with this name: "avx512", "avx2", "sse2", "neon" or "plain"; NULL when there is none or
   this machine does not run it. */
const cs_kernel *cs_kernel_named(const char *name);

#endif
