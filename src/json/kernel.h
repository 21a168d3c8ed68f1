/* The vector instructions: one algorithm (kernel_body.h), a kernel for each set of them. */
#ifndef CS_JSON_KERNEL_H
#define CS_JSON_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "index.h"
#include "template.h"
#include "trail.h"

/* How far rows are matched, and where that stands. */
typedef struct cs_matching {
  size_t rows;       /* so many at most */
  uint32_t to;       /* the anchor behind a row must be before it ... */
  uint32_t apart;    /* ... and no farther than this behind its first one */
  uint32_t quotes;   /* those before the first row's first anchor, then before the one behind the
                        last that matched */
  const char *ahead; /* bytes that are likely to come next */
  const char *ahead_end;
} cs_matching;

/* While rows are read the memory is idle: it fetches as many of the bytes that come next. */
static inline void cs_fetch_ahead(cs_matching *matching, size_t length) {
  if (matching->ahead >= matching->ahead_end)
    return;
  for (size_t i = 0; i < length; i += CS_BLOCK)
    __builtin_prefetch(matching->ahead + i, 0, 2);
  matching->ahead += length;
}

/* Sums of 64 bits that a digest is made of. */
enum { CS_DIGEST_LANES = 8 };

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

  /* How many of the rows that follow each other from anchors[0] on have the template's shape, at
     least one if the first has. The first anchor must be there, and UINT32_MAX stand behind the
     last as often as a row has members; 32 bytes must be readable before the rows and behind
     them, and no block of them may be marked. */
  size_t (*match)(const cs_template *template, const cs_index *index, const char *bytes,
                  const uint32_t *anchors, cs_matching *matching);

  /* Follows the trail from where its walk stands in the buffer's bytes and gathers rows as it
     goes. The anchors from there on are known, then come those behind the record, then
     UINT32_MAX; those behind bytes[last] are left, as are the CS_JOINT_AHEAD bytes from one on.
     CS_BUFFER_PAD bytes are readable before bytes[0]. What it leaves to be proven: that there
     are no more quotes than it counted, and no block that is marked. */
  cs_trail_step (*follow)(cs_trail *trail, const char *bytes, const uint32_t *anchors,
                          size_t last);

  /* The lanes of a record's digest; its length is at least CS_BLOCK. */
  void (*digest)(uint64_t *lanes, const char *bytes, size_t length);
};

/* The fastest that this machine runs. */
const cs_kernel *cs_kernel_best(void);

/* The one with this name: "avx512", "avx2", "sse2", "neon" or "plain"; NULL when there is none or
   this machine does not run it. */
const cs_kernel *cs_kernel_named(const char *name);

#endif
