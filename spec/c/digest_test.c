/* The digest of records: the same with every kernel and in every way of reading, and another as
   soon as anything is. */
#include "random_rows.h"
#include "json/digest.h"

enum { LONG = 5 * CS_BLOCK + 7, TEXTS = 60, PIECE_MOST = 9000 };

static const char *const names[] = {"avx512", "avx2", "sse2", "neon", "plain"};

static void fill(char *bytes, size_t length, uint64_t *seed) {
  for (size_t i = 0; i < length; i++)
    bytes[i] = (char)next_random(seed);
}

/* Of one record, with the best kernel. */
static uint64_t of(const char *bytes, size_t length) {
  return cs_digest_add(cs_kernel_best(), CS_DIGEST_NONE, (cs_span){bytes, length});
}

static void is_the_same_with_every_kernel(void **state) {
  (void)state;
  static char bytes[40 * LONG];
  uint64_t seed = 5;
  const cs_kernel *plain = cs_kernel_named("plain");
  for (size_t n = 0; n < COUNT(names); n++) {
    const cs_kernel *kernel = cs_kernel_named(names[n]);
    uint64_t found = CS_DIGEST_NONE, expected = CS_DIGEST_NONE;
    for (size_t length = 1; kernel != NULL && length < sizeof bytes; length += 1 + length / 70) {
      fill(bytes, length, &seed);
      found = cs_digest_add(kernel, found, (cs_span){bytes, length});
      expected = cs_digest_add(plain, expected, (cs_span){bytes, length});
      assert_true(found == expected);
    }
  }
}

/* Cursors that were written down must still be good. */
static void stays_what_it_has_been(void **state) {
  (void)state;
  static const char row[] = "{\"product\":\"OTC_S3_M1\",\"amount\":8.23e-05,\"quantity\":1.5,"
                            "\"region\":\"EU-DE\",\"project_name\":\"eu-de_biere\"}";
  const cs_kernel *kernel = cs_kernel_best();
  uint64_t digest = cs_digest_add(kernel, CS_DIGEST_NONE, (cs_span){TEXT("1")});
  assert_true(digest == UINT64_C(0x99ABB0994BCEBE5A));
  digest = cs_digest_add(kernel, digest, (cs_span){TEXT(row)});
  assert_true(digest == UINT64_C(0x9F9408495F399DC1));
}

static void shows_each_bit(void **state) {
  (void)state;
  static const size_t lengths[] = {1,   7, CS_BLOCK - 1, CS_BLOCK, CS_BLOCK + 1, 3 * CS_BLOCK,
                                   LONG};
  char bytes[LONG];
  uint64_t seed = 6;
  for (size_t n = 0; n < COUNT(lengths); n++) {
    fill(bytes, lengths[n], &seed);
    uint64_t digest = of(bytes, lengths[n]);
    for (size_t bit = 0; bit < 8 * lengths[n]; bit++) {
      bytes[bit / 8] ^= (char)(1 << bit % 8);
      assert_true(of(bytes, lengths[n]) != digest);
      bytes[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_true(of(bytes, lengths[n]) == digest);
  }
}

static void swap(char *a, char *b, size_t length) {
  char other[CS_BLOCK];
  memcpy(other, a, length);
  memcpy(a, b, length);
  memcpy(b, other, length);
}

static void shows_what_changed_places_in_a_record(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 4, 8, 16, 32, CS_BLOCK};
  char bytes[LONG];
  uint64_t seed = 7;
  fill(bytes, LONG, &seed);
  uint64_t digest = of(bytes, LONG);
  for (size_t n = 0; n < COUNT(sizes); n++) {
    size_t size = sizes[n], most = (LONG - 7) / size;
    for (size_t i = 0; i < most; i++)
      for (size_t k = i + 1; k < most; k++) {
        bool same = memcmp(bytes + i * size, bytes + k * size, size) == 0;
        swap(bytes + i * size, bytes + k * size, size);
        assert_true((of(bytes, LONG) == digest) == same);
        swap(bytes + i * size, bytes + k * size, size);
      }
  }
}

static void shows_how_often_a_byte_comes(void **state) {
  (void)state;
  static const char fillings[] = {'\0', ' ', '0', '\xFF'};
  static char bytes[40 * CS_BLOCK];
  static uint64_t digests[COUNT(fillings) * sizeof bytes];
  size_t count = 0;
  for (size_t f = 0; f < COUNT(fillings); f++) {
    memset(bytes, fillings[f], sizeof bytes);
    for (size_t length = 1; length <= sizeof bytes; length++)
      digests[count++] = of(bytes, length);
  }
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < i; k++)
      assert_true(digests[i] != digests[k]);
}

/* `cuts` tells where records end. */
static uint64_t of_parts(const char *bytes, size_t length, uint64_t cuts) {
  uint64_t digest = CS_DIGEST_NONE;
  size_t from = 0;
  for (size_t to = 1; to <= length; to++)
    if (to == length || (cuts >> (to - 1) & 1) != 0) {
      digest = cs_digest_add(cs_kernel_best(), digest, (cs_span){bytes + from, to - from});
      from = to;
    }
  return digest;
}

static void shows_how_bytes_are_divided_into_records(void **state) {
  (void)state;
  enum { LENGTH = 11, WAYS = 1 << (LENGTH - 1) };
  static uint64_t digests[WAYS];
  for (size_t cuts = 0; cuts < WAYS; cuts++) {
    digests[cuts] = of_parts("11111111111", LENGTH, cuts);
    for (size_t i = 0; i < cuts; i++)
      assert_true(digests[i] != digests[cuts]);
  }
}

static void shows_the_order_of_records(void **state) {
  (void)state;
  enum { RECORDS = 200, SIZE = 70 };
  static char bytes[RECORDS][SIZE];
  uint64_t seed = 8, before = CS_DIGEST_NONE;
  const cs_kernel *kernel = cs_kernel_best();
  fill(bytes[0], sizeof bytes, &seed);
  for (size_t i = 0; i + 1 < RECORDS; i++) {
    cs_span one = {bytes[i], SIZE}, other = {bytes[i + 1], SIZE};
    uint64_t digest = cs_digest_add(kernel, cs_digest_add(kernel, before, one), other);
    assert_true(digest != cs_digest_add(kernel, cs_digest_add(kernel, before, other), one));
    before = cs_digest_add(kernel, before, one);
  }
}

static void looks_at_nothing_but_the_record(void **state) {
  (void)state;
  char bytes[3 * CS_BLOCK + LONG];
  uint64_t seed = 9;
  for (size_t n = 0; n < COUNT(names); n++) {
    const cs_kernel *kernel = cs_kernel_named(names[n]);
    for (size_t length = 1; kernel != NULL && length <= LONG; length++) {
      char *record = malloc(length); /* so that a checker of memory sees reads outside */
      assert_non_null(record);
      fill(record, length, &seed);
      uint64_t digest = cs_digest_add(kernel, 4711, (cs_span){record, length});
      fill(bytes, sizeof bytes, &seed);
      char *inside = bytes + 1 + below(&seed, CS_BLOCK);
      memcpy(inside, record, length);
      assert_true(cs_digest_add(kernel, 4711, (cs_span){inside, length}) == digest);
      free(record);
    }
  }
}

typedef struct taken {
  uint64_t records;
  uint64_t digest;
  uint64_t in_runs; /* of them were taken so */
} taken;

/* Takes records until the bytes are used up, one by one or several at once. */
static cs_frame_status take(cs_frame *frame, const cs_kernel *kernel, taken *t, uint64_t *seed) {
  for (;;) {
    cs_rows rows;
    cs_span record;
    if (seed != NULL && below(seed, 3) > 0 && cs_frame_rows(frame, &rows) > 0) {
      size_t count = 1 + below(seed, rows.count);
      t->digest = cs_digest_add_rows(kernel, t->digest, &rows, count);
      t->records += count;
      t->in_runs += count;
      cs_frame_take(frame, count);
      continue;
    }
    cs_frame_status status = cs_frame_next(frame, &record);
    if (status != CS_FRAME_RECORD)
      return status;
    t->digest = cs_digest_add(kernel, t->digest, record);
    t->records++;
  }
}

/* In random pieces when there is a seed, else a byte at a time. */
static taken read_text(reading how, const text *bytes, uint64_t *seed) {
  const cs_kernel *kernel = how.options.kernel;
  cs_frame *frame = cs_frame_new(&how.options);
  taken t = {0, CS_DIGEST_NONE, 0};
  assert_non_null(frame);
  for (size_t at = 0, piece; at < bytes->length; at += piece) {
    piece = seed == NULL ? 1 : 1 + below(seed, PIECE_MOST);
    piece = piece < bytes->length - at ? piece : bytes->length - at;
    feed(frame, bytes->bytes + at, piece);
    assert_int_equal(take(frame, kernel, &t, seed), CS_FRAME_MORE);
  }
  cs_frame_finish(frame, true);
  assert_int_equal(take(frame, kernel, &t, seed), CS_FRAME_END);
  cs_frame_free(frame);
  return t;
}

static void is_the_same_in_runs_and_in_all_pieces(void **state) {
  (void)state;
  uint64_t seed = 10, in_runs = 0;
  for (size_t i = 0; i < TEXTS; i++) {
    reading how = reading_of(CS_FRAMING_DETECT);
    text bytes = {NULL, 0, 0};
    put_table(&bytes, &how, 200, &seed);
    how.options.kernel = cs_kernel_named("plain");
    cs_frame *probe = cs_frame_new(&how.options);
    feed(probe, bytes.bytes, bytes.length);
    text ignored = {NULL, 0, 0};
    cs_frame_finish(probe, true);
    bool right = drain(probe, &ignored) == CS_FRAME_END;
    text_free(&ignored);
    cs_frame_free(probe);
    taken expected = right ? read_text(how, &bytes, NULL) : (taken){0, 0, 0};
    for (size_t n = 0; right && n < COUNT(names); n++) {
      how.options.kernel = cs_kernel_named(names[n]);
      if (how.options.kernel == NULL)
        continue;
      taken found = read_text(how, &bytes, &seed);
      assert_int_equal(found.records, expected.records);
      assert_true(found.digest == expected.digest);
      in_runs += found.in_runs;
    }
    text_free(&bytes);
  }
  assert_true(in_runs > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_the_same_with_every_kernel),
      cmocka_unit_test(stays_what_it_has_been),
      cmocka_unit_test(shows_each_bit),
      cmocka_unit_test(shows_what_changed_places_in_a_record),
      cmocka_unit_test(shows_how_often_a_byte_comes),
      cmocka_unit_test(shows_how_bytes_are_divided_into_records),
      cmocka_unit_test(shows_the_order_of_records),
      cmocka_unit_test(looks_at_nothing_but_the_record),
      cmocka_unit_test(is_the_same_in_runs_and_in_all_pieces),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
