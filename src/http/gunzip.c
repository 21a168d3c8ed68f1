#include "gunzip.h"

#include <limits.h>
#include <stdlib.h>

#include "queue.h"
#include "zlib_abi.h"

#define QUEUE_LIMIT ((size_t)256 * 1024)
#define PIECE       ((size_t)64 * 1024)
#define JUDGED      ((uint64_t)1024 * 1024) /* a short text may well be one thing all over */
#define GZIP_ONLY   (15 + 16) /* the largest window, and a gzip header must be there */
#define VERSION     "1"       /* of zlib, which looks at no more of it */

struct cs_gunzip {
  cs_zlib_stream stream;
  cs_queue queue;
  uint64_t ratio;
  uint64_t taken; /* compressed bytes */
  uint64_t given; /* and what was in them */
  bool between;   /* a member has just ended: another may follow, or nothing */
  bool more;      /* the last piece was filled to its end: zlib may hold more */
};

cs_gunzip *cs_gunzip_new(uint64_t ratio) {
  cs_gunzip *gunzip = calloc(1, sizeof *gunzip);
  if (gunzip == NULL)
    return NULL;
  gunzip->queue.limit = QUEUE_LIMIT;
  gunzip->ratio = ratio;
  if (inflateInit2_(&gunzip->stream, GZIP_ONLY, VERSION, (int)sizeof gunzip->stream) !=
      CS_ZLIB_OK) {
    free(gunzip);
    return NULL;
  }
  return gunzip;
}

void cs_gunzip_free(cs_gunzip *gunzip) {
  if (gunzip == NULL)
    return;
  (void)inflateEnd(&gunzip->stream);
  cs_queue_free(&gunzip->queue);
  free(gunzip);
}

cs_gunzip_result cs_gunzip_put(cs_gunzip *gunzip, const char *bytes, size_t length) {
  if (!cs_queue_fits(&gunzip->queue, length))
    return CS_GUNZIP_FULL;
  return cs_queue_append(&gunzip->queue, bytes, length) ? CS_GUNZIP_OK : CS_GUNZIP_MEMORY;
}

static cs_gunzip_result translate(int code) {
  switch (code) {
  case CS_ZLIB_OK:
  case CS_ZLIB_STREAM_END:
  case CS_ZLIB_BUF_ERROR: /* no progress without more input: not an error */
    return CS_GUNZIP_OK;
  case CS_ZLIB_MEM_ERROR:
    return CS_GUNZIP_MEMORY;
  default:
    return CS_GUNZIP_CORRUPT;
  }
}

static bool is_bomb(const cs_gunzip *gunzip) {
  return gunzip->given > JUDGED && gunzip->given / gunzip->ratio > gunzip->taken;
}

/* One call of inflate, from the front of the queue into memory of the sink. */
static cs_gunzip_result move_piece(cs_gunzip *gunzip, const cs_sink *sink) {
  cs_zlib_stream *stream = &gunzip->stream;
  if (gunzip->between && inflateReset(stream) != CS_ZLIB_OK)
    return CS_GUNZIP_CORRUPT;
  gunzip->between = false;
  char *room = sink->reserve(sink->context, PIECE);
  if (room == NULL)
    return CS_GUNZIP_MEMORY;
  size_t length = 0;
  const char *front = cs_queue_front(&gunzip->queue, &length);
  if (length > UINT_MAX)
    length = UINT_MAX;
  stream->next_in = (const unsigned char *)front;
  stream->avail_in = (unsigned)length;
  stream->next_out = (unsigned char *)room;
  stream->avail_out = (unsigned)PIECE;
  int code = inflate(stream, CS_ZLIB_NO_FLUSH);
  cs_queue_drop(&gunzip->queue, length - stream->avail_in);
  gunzip->taken += length - stream->avail_in;
  gunzip->given += PIECE - stream->avail_out;
  gunzip->between = code == CS_ZLIB_STREAM_END;
  gunzip->more = code == CS_ZLIB_OK && stream->avail_out == 0;
  if (is_bomb(gunzip))
    return CS_GUNZIP_BOMB;
  if (stream->avail_out < PIECE)
    sink->commit(sink->context, PIECE - stream->avail_out);
  return translate(code);
}

cs_gunzip_result cs_gunzip_move(cs_gunzip *gunzip, const cs_sink *sink) {
  cs_gunzip_result result = CS_GUNZIP_OK;
  while (result == CS_GUNZIP_OK && cs_gunzip_pending(gunzip) && !sink->full(sink->context))
    result = move_piece(gunzip, sink);
  return result;
}

bool cs_gunzip_pending(const cs_gunzip *gunzip) {
  return gunzip->queue.length > 0 || gunzip->more;
}

bool cs_gunzip_roomy(const cs_gunzip *gunzip) {
  return gunzip->queue.length <= QUEUE_LIMIT / 2;
}

bool cs_gunzip_whole(const cs_gunzip *gunzip) {
  return gunzip->between && !cs_gunzip_pending(gunzip);
}
