#include "http/zlib_abi.h"

/* zlib's own declarations of the same functions have another type for the stream. */
#define inflateInit2_ zlib_inflateInit2_
#define inflate       zlib_inflate
#define inflateReset  zlib_inflateReset
#define inflateEnd    zlib_inflateEnd
#include <zlib.h>

#include "support.h"

#define ASSERT_SAME(field)                                                                       \
  do {                                                                                           \
    assert_int_equal(offsetof(cs_zlib_stream, field), offsetof(z_stream, field));                \
    assert_int_equal(sizeof((cs_zlib_stream *)0)->field, sizeof((z_stream *)0)->field);          \
  } while (0)

static void the_stream_is_laid_out_as_zlib_has_it(void **state) {
  (void)state;
  assert_int_equal(sizeof(cs_zlib_stream), sizeof(z_stream));
  ASSERT_SAME(next_in);
  ASSERT_SAME(avail_in);
  ASSERT_SAME(total_in);
  ASSERT_SAME(next_out);
  ASSERT_SAME(avail_out);
  ASSERT_SAME(total_out);
  ASSERT_SAME(msg);
  ASSERT_SAME(state);
  ASSERT_SAME(zalloc);
  ASSERT_SAME(zfree);
  ASSERT_SAME(opaque);
  ASSERT_SAME(data_type);
  ASSERT_SAME(adler);
  ASSERT_SAME(reserved);
}

static void the_codes_are_those_of_zlib(void **state) {
  (void)state;
  assert_int_equal(CS_ZLIB_NO_FLUSH, Z_NO_FLUSH);
  assert_int_equal(CS_ZLIB_OK, Z_OK);
  assert_int_equal(CS_ZLIB_STREAM_END, Z_STREAM_END);
  assert_int_equal(CS_ZLIB_MEM_ERROR, Z_MEM_ERROR);
  assert_int_equal(CS_ZLIB_BUF_ERROR, Z_BUF_ERROR);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_stream_is_laid_out_as_zlib_has_it),
      cmocka_unit_test(the_codes_are_those_of_zlib),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
