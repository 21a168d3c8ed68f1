/* What shows that records are still those that were read before: 64 bits of all their bytes, of
   how those are divided into records, and of their order. Against accident, not against intent.
   The same with every kernel and on every machine, since it travels in cursors. */
#ifndef CS_JSON_DIGEST_H
#define CS_JSON_DIGEST_H

#include <stdint.h>

#include "kernel.h"
#include "rows.h"
#include "span.h"

/* The digest of no record. */
#define CS_DIGEST_NONE UINT64_C(0)

/* The digest of the records that `digest` is of, and of `record` behind them. */
uint64_t cs_digest_add(const cs_kernel *kernel, uint64_t digest, cs_span record);

/* Likewise of the first `count` of these rows behind them. */
uint64_t cs_digest_add_rows(const cs_kernel *kernel, uint64_t digest, const cs_rows *rows,
                            size_t count);

#endif
