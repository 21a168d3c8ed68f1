#include "json/memory.h"
#include "json/parse.h"

#include "corpus.h"
#include "random_json.h"
#include "json/kernel.h"
#include "json/string.h"
#include "json/walk.h"

#ifndef ROUNDS
#define ROUNDS 3000
#endif

enum { DEPTH = 64 };

static const char *const kernels[] = {"avx512", "avx2", "sse2", "neon", "plain"};

/* What stays from record to record. */
typedef struct reader {
  cs_names names;
  cs_items items;
  cs_parse_options options;
  const cs_kernel *kernel;
} reader;

static void begin(reader *r, const char *kernel, size_t levels) {
  memset(r, 0, sizeof *r);
  assert_true(cs_names_init(&r->names));
  r->options = (cs_parse_options){levels, DEPTH, true};
  r->kernel = kernel == NULL ? NULL : cs_kernel_named(kernel);
  if (r->kernel == NULL)
    r->kernel = cs_kernel_best();
}

static void end(reader *r) {
  cs_names_free(&r->names);
  cs_memory_free(r->items.list, r->items.capacity * sizeof *r->items.list);
}

/* Does the item's name stand where it says, and is its number that of the name? */
static void has_name(const reader *r, const cs_item *item, const char *record, cs_span name) {
  assert_int_equal(item->name_length, name.length);
  assert_ptr_equal(record + item->name_start, name.bytes);
  if (item->name == CS_NAME_UNKNOWN) {
    assert_true(name.length > 1024 || r->names.spelling_count == 4096);
    return;
  }
  char *decoded = malloc(name.length + 1);
  assert_non_null(decoded);
  size_t length = cs_string_decode(name.bytes, name.length, decoded);
  assert_true(item->name < r->names.text_count);
  assert_int_equal(length, r->names.texts[item->name].length);
  assert_memory_equal(decoded, r->names.texts[item->name].bytes, length);
  free(decoded);
}

static cs_kind kind_of(cs_token_kind token) {
  switch (token) {
  case CS_TOKEN_OBJECT:
    return CS_KIND_OBJECT;
  case CS_TOKEN_ARRAY:
    return CS_KIND_ARRAY;
  case CS_TOKEN_STRING:
    return CS_KIND_STRING;
  case CS_TOKEN_NUMBER:
    return CS_KIND_NUMBER;
  case CS_TOKEN_TRUE:
    return CS_KIND_TRUE;
  case CS_TOKEN_FALSE:
    return CS_KIND_FALSE;
  default:
    return CS_KIND_NULL;
  }
}

static void is_token(const cs_item *item, cs_token token, const char *record) {
  assert_int_equal(item->kind, kind_of(token.kind));
  if (token.kind != CS_TOKEN_STRING && token.kind != CS_TOKEN_NUMBER)
    return;
  assert_ptr_equal(record + item->start, token.text.bytes);
  assert_int_equal(item->length, token.text.length);
  assert_int_equal(item->escaped, token.kind == CS_TOKEN_STRING &&
                                      cs_string_escaped(token.text.bytes, token.text.length));
}

/* The items are what a walk over the record comes by. */
static void items_are_right(const reader *r, cs_span record) {
  cs_walk walk = cs_walk_begin(record);
  size_t open[DEPTH + 1], depth = 0, at = 0;
  cs_span name = {NULL, 0};
  for (cs_token token = cs_walk_next(&walk); token.kind != CS_TOKEN_END;
       token = cs_walk_next(&walk)) {
    if (token.kind == CS_TOKEN_NAME) {
      name = token.text;
      continue;
    }
    if (token.kind == CS_TOKEN_OBJECT_END || token.kind == CS_TOKEN_ARRAY_END) {
      if (--depth <= r->options.levels) {
        const cs_item *item = &r->items.list[open[depth]];
        assert_int_equal(item->behind, at);
        assert_ptr_equal(record.bytes + item->start + item->length, walk.at);
      }
      continue;
    }
    bool container = token.kind == CS_TOKEN_OBJECT || token.kind == CS_TOKEN_ARRAY;
    if (depth <= r->options.levels) {
      assert_true(at < r->items.count);
      const cs_item *item = &r->items.list[at];
      is_token(item, token, record.bytes);
      if (name.bytes != NULL) {
        has_name(r, item, record.bytes, name);
      } else {
        assert_int_equal(item->name, CS_NAME_UNKNOWN);
        assert_int_equal(item->name_length, 0);
      }
      open[depth] = at++;
      if (!container)
        assert_int_equal(item->behind, at);
    }
    depth += container;
    name = (cs_span){NULL, 0};
  }
  assert_int_equal(at, r->items.count);
}

/* Shows `to` of the bytes, behind so much white space; more of them come behind `to`, which must
   not matter. */
static cs_parsed agrees(reader *r, const char *bytes, size_t length, size_t to, size_t before) {
  cs_buffer buffer = {0};
  cs_index index = {.kernel = r->kernel};
  char *room = cs_buffer_reserve(&buffer, before + length + 1);
  assert_non_null(room);
  memset(room, ' ', before);
  memcpy(room + before, bytes, length);
  cs_buffer_commit(&buffer, before + length);
  size_t stop = 0, behind = 0;
  cs_validator validator;
  cs_validator_begin(&validator, r->options.depth_limit, r->options.number_range);
  cs_verdict verdict = cs_validator_run(&validator, bytes, 0, to, &stop);
  cs_parsed parsed =
      cs_parse(&r->options, &r->names, &index, &buffer, before, before + to, &r->items, &behind);
  bool right = parsed == CS_PARSED_WHOLE   ? verdict == CS_VERDICT_DONE && behind == before + stop
               : parsed == CS_PARSED_DOUBT ? verdict == CS_VERDICT_WRONG
                                           : verdict != CS_VERDICT_DONE;
  if (!right) {
    print_message("parsed %d to %zu, verdict %d at %zu of %zu:\n%.*s\n", (int)parsed, behind,
                  (int)verdict, stop, to, (int)length, bytes);
    fail();
  }
  if (parsed == CS_PARSED_WHOLE)
    items_are_right(r, (cs_span){buffer.bytes + before, stop});
  cs_index_free(&index);
  cs_buffer_free(&buffer);
  return parsed;
}

static void agrees_in_every_cut(const char *bytes, size_t length) {
  reader r;
  for (size_t k = 0; k < COUNT(kernels); k++) {
    begin(&r, kernels[k], k);
    for (size_t to = 0; to <= length; to++)
      agrees(&r, bytes, length, to, 0);
    agrees(&r, bytes, length, length, 50 + k);
    end(&r);
  }
}

static void it_agrees_with_the_validator_on_every_text_of_the_corpus(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(right_values); i++) {
    sample value = trimmed(right_values[i]);
    agrees_in_every_cut(value.bytes, value.length);
  }
  for (size_t i = 0; i < COUNT(malformed_values); i++) {
    sample value = trimmed(malformed_values[i]);
    agrees_in_every_cut(value.bytes, value.length);
  }
  for (size_t i = 0; i < COUNT(stopping_values); i++) {
    sample value = trimmed(stopping_values[i]);
    agrees_in_every_cut(value.bytes, value.length);
  }
}

static void it_agrees_with_the_validator_on_texts_at_random(void **state) {
  (void)state;
  uint64_t seed = 0x9e3779b97f4a7c15;
  size_t seen[4] = {0};
  reader r;
  for (size_t round = 0; round < ROUNDS; round++) {
    if (round % 100 == 0)
      begin(&r, kernels[below(&seed, COUNT(kernels))], below(&seed, CS_PARSE_LEVELS_MAX + 1));
    text document = {NULL, 0, 0};
    put_document(&document, &seed);
    for (size_t i = below(&seed, 3); i > 0 && document.length > 1; i--)
      mutate(&document, &seed);
    size_t skip = strspn(document.bytes, " \n\r\t");
    const char *bytes = document.bytes + skip;
    size_t length = document.length - skip;
    size_t before = below(&seed, 2) == 0 ? 0 : below(&seed, 200);
    for (size_t i = 0; i < 4; i++)
      seen[agrees(&r, bytes, length, i == 0 ? length : below(&seed, length + 1), before)]++;
    text_free(&document);
    if (round % 100 == 99 || round == ROUNDS - 1)
      end(&r);
  }
  assert_true(seen[CS_PARSED_WHOLE] > ROUNDS / 8);
  assert_true(seen[CS_PARSED_CUT] > ROUNDS / 8);
  assert_true(seen[CS_PARSED_DOUBT] > ROUNDS / 8);
}

/* More names than are learned, rows of which share some. */
static void names_without_end_are_still_right(void **state) {
  (void)state;
  reader r;
  begin(&r, NULL, 1);
  uint64_t seed = 1;
  for (size_t row = 0; row < 800; row++) {
    text document = {NULL, 0, 0};
    text_put(&document, "{\"known\":1");
    for (size_t i = 0; i < 10; i++) {
      char member[64];
      sprintf(member, ",\"name %zu\":%zu", below(&seed, 100000), i);
      text_put(&document, member);
    }
    text_put(&document, ",\"\\u006bnown\":2}");
    assert_int_equal(agrees(&r, document.bytes, document.length, document.length, 0),
                     CS_PARSED_WHOLE);
    assert_int_equal(r.items.list[1].name, r.items.list[r.items.count - 1].name);
    assert_int_equal(r.items.list[1].name, 0);
    text_free(&document);
  }
  assert_int_equal(r.names.spelling_count, 4096);
  end(&r);
}

static void members_in_any_order_keep_their_names(void **state) {
  (void)state;
  reader r;
  begin(&r, NULL, 1);
  uint64_t seed = 7;
  for (size_t row = 0; row < 300; row++) {
    text document = {NULL, 0, 0};
    text_put(&document, "{");
    for (size_t i = 0; i < 12; i++) {
      char member[64];
      size_t name = row < 100 || row > 200 ? i : below(&seed, 12);
      sprintf(member, "%s\n    \"column %zu\": %zu", i == 0 ? "" : ",", name, name);
      text_put(&document, member);
    }
    text_put(&document, "\n}");
    assert_int_equal(agrees(&r, document.bytes, document.length, document.length, row % 64),
                     CS_PARSED_WHOLE);
    text_free(&document);
  }
  end(&r);
}

static void a_long_record_goes_over_many_blocks(void **state) {
  (void)state;
  text document = {NULL, 0, 0};
  uint64_t seed = 3;
  text_put(&document, "[");
  while (document.length < 200000) {
    put_string(&document, &seed);
    text_put(&document, ",");
  }
  text_put(&document, "0]");
  for (size_t k = 0; k < COUNT(kernels); k++) {
    reader r;
    begin(&r, kernels[k], 1);
    for (size_t before = 0; before < 64; before += 9)
      assert_int_equal(agrees(&r, document.bytes, document.length, document.length, before),
                       CS_PARSED_WHOLE);
    end(&r);
  }
  text_free(&document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_agrees_with_the_validator_on_every_text_of_the_corpus),
      cmocka_unit_test(it_agrees_with_the_validator_on_texts_at_random),
      cmocka_unit_test(names_without_end_are_still_right),
      cmocka_unit_test(members_in_any_order_keep_their_names),
      cmocka_unit_test(a_long_record_goes_over_many_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
