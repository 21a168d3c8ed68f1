/* What costream uses of zlib. Declared here, as zlib's own headers need not be installed where
   libcurl's are; the library is there, since libcurl is linked with it. Nothing of this has
   changed in any zlib 1.x: inflateInit2_() is told the size and the version, and refuses what is
   not so. */
#ifndef CS_HTTP_ZLIB_ABI_H
#define CS_HTTP_ZLIB_ABI_H

#include <stddef.h>

enum {
  CS_ZLIB_NO_FLUSH = 0,
  CS_ZLIB_OK = 0,
  CS_ZLIB_STREAM_END = 1,
  CS_ZLIB_MEM_ERROR = -4,
  CS_ZLIB_BUF_ERROR = -5
};

/* zlib.h's z_stream. All zero before inflateInit2_(), which allocates with malloc then. */
typedef struct cs_zlib_stream {
  const unsigned char *next_in;
  unsigned avail_in;
  unsigned long total_in;
  unsigned char *next_out;
  unsigned avail_out;
  unsigned long total_out;
  const char *msg;
  void *state;
  void *(*zalloc)(void *opaque, unsigned items, unsigned size);
  void (*zfree)(void *opaque, void *address);
  void *opaque;
  int data_type;
  unsigned long adler;
  unsigned long reserved;
} cs_zlib_stream;

/* Each gives CS_ZLIB_OK or another of the codes above, or one that means the text is no good. */
int inflateInit2_(cs_zlib_stream *stream, int window_bits, const char *version, int stream_size);
int inflate(cs_zlib_stream *stream, int flush);
int inflateReset(cs_zlib_stream *stream);
int inflateEnd(cs_zlib_stream *stream);

#endif
