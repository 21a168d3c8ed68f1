/* Undoes gzip on the way to a sink. Compressed bytes wait in a bounded queue: libcurl's own
   decoding buffers what it decoded without bound while paused, and misses a missing trailer. */
#ifndef CS_HTTP_GUNZIP_H
#define CS_HTTP_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sink.h"

typedef struct cs_gunzip cs_gunzip;

typedef enum cs_gunzip_result {
  CS_GUNZIP_OK,
  CS_GUNZIP_FULL,    /* the queue takes no more now; nothing was taken */
  CS_GUNZIP_BOMB,    /* more was in it than the ratio allows */
  CS_GUNZIP_CORRUPT, /* not gzip, a wrong checksum, or something else after its end */
  CS_GUNZIP_MEMORY
} cs_gunzip_result;

/* `ratio`: so many times as long as its bytes the text may be, once a mebibyte of it is there. */
cs_gunzip *cs_gunzip_new(uint64_t ratio);
void cs_gunzip_free(cs_gunzip *gunzip);

/* Takes all of the bytes, or none. */
cs_gunzip_result cs_gunzip_put(cs_gunzip *gunzip, const char *bytes, size_t length);

/* Inflates into the sink until the sink is full or the queue is empty. */
cs_gunzip_result cs_gunzip_move(cs_gunzip *gunzip, const cs_sink *sink);

/* True when cs_gunzip_move has something to do, were the sink not full. */
bool cs_gunzip_pending(const cs_gunzip *gunzip);

/* True when the queue is so empty that refilling is worth it. */
bool cs_gunzip_roomy(const cs_gunzip *gunzip);

/* True when everything that was put so far ends with a gzip trailer that was right. */
bool cs_gunzip_whole(const cs_gunzip *gunzip);

#endif
