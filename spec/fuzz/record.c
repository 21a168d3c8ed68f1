/* Records and all that is said of them: their items, their columns, whether they are known, the
   rows of a run, and the digest of all; likewise their numbers and strings by themselves. */
#include "c/rows_support.h"
#include "reading.h"
#include "scalar.h"
#include "json/digest.h"
#include "json/unquoted.h"

typedef struct questions {
  const reading *how;
  learned *names;
  uint64_t order;
} questions;

static void ask(void *context, cs_frame *frame, cs_span record, text *out) {
  questions *const asked = context;
  note_text(NULL, frame, record, out);
  record_is_right(frame, &asked->how->options, asked->names, record, next_random(&asked->order));
}

static void is_same_number(cs_number found, cs_number expected) {
  assert_int_equal(found.kind, expected.kind);
  if (found.kind == CS_NUMBER_INTEGER)
    assert_true(found.integer == expected.integer);
  if (found.kind == CS_NUMBER_REAL)
    assert_memory_equal(&found.real, &expected.real, sizeof found.real);
}

/* What is read behind the number must not count. */
static void number_is_right(cs_span written) {
  static const char behind[] = "0.,e9\xFF-}";
  const cs_number expected = plain_number(written.bytes, written.length);
  const size_t room = written.length + CS_NUMBER_PAD;
  char *const padded = malloc(room);
  cs_number found;
  assert_non_null(padded);
  memcpy(padded, written.bytes, written.length);
  is_same_number(cs_number_parse(written.bytes, written.length), expected);
  for (size_t i = 0; i < sizeof behind; i++) {
    memset(padded + written.length, behind[i], CS_NUMBER_PAD);
    cs_number_parse_padded(padded, written.length, &found);
    is_same_number(found, expected);
  }
  free(padded);
}

static void string_is_right(cs_span raw) {
  char *const expected = malloc(raw.length + 1), *const found = malloc(raw.length + 1);
  bool escaped = false;
  assert_non_null(expected);
  assert_non_null(found);
  assert_true(cs_string_check(raw.bytes, raw.length, &escaped));
  assert_int_equal(escaped, raw.length > 0 && memchr(raw.bytes, '\\', raw.length) != NULL);
  assert_int_equal(escaped, cs_string_escaped(raw.bytes, raw.length));
  const size_t length = plain_decode(raw.bytes, raw.length, expected);
  assert_int_equal(cs_string_decode(raw.bytes, raw.length, found), length);
  assert_memory_equal(found, expected, length);
  memcpy(found, raw.bytes, raw.length);
  assert_int_equal(cs_string_decode(found, raw.length, found), length);
  assert_memory_equal(found, expected, length);
  free(expected);
  free(found);
}

static void note_proven(void *context, cs_frame *frame, cs_span record, text *out) {
  note_text(context, frame, record, out);
  validator_proves(context, record);
  cs_walk walk = cs_walk_begin(record);
  for (cs_token token = cs_walk_next(&walk); token.kind != CS_TOKEN_END;
       token = cs_walk_next(&walk)) {
    if (token.kind == CS_TOKEN_NUMBER)
      number_is_right(token.text);
    else if (token.kind == CS_TOKEN_NAME || token.kind == CS_TOKEN_STRING)
      string_is_right(token.text);
  }
}

static void put_column(text *out, const cs_value *value) {
  const char kind[] = {(char)('0' + value->kind), '\0'};
  text_put(out, kind);
  if (value->kind == CS_KIND_STRING && value->escaped)
    text_put(out, "!");
  if (value->kind != CS_KIND_ABSENT)
    text_add(out, value->text.bytes, value->text.length);
  text_put(out, " ");
}

/* What the notes of columns begin with, and what comes of all records. */
typedef struct told {
  const cs_frame_options *options;
  uint64_t digest;
} told;

static void note_columns(void *context, cs_frame *frame, cs_span record, text *out) {
  told *const tell = context;
  const cs_frame_options *const options = tell->options;
  cs_value values[ROW_COLUMNS];
  bool known = true;
  tell->digest = cs_digest_add(options->kernel, tell->digest, record);
  if (options->known_end > options->known_first)
    assert_true(cs_frame_is_known(frame, &known));
  text_add(out, record.bytes, record.length);
  text_put(out, known ? " known " : " unknown ");
  assert_true(cs_frame_columns(frame, values, options->name_count));
  for (size_t i = 0; i < options->name_count; i++)
    put_column(out, &values[i]);
  text_put(out, "\n");
}

/* Notes up to `most` of the rows that the frame has at once; how many. */
static size_t note_rows(told *tell, cs_frame *frame, size_t most, text *out) {
  cs_rows rows;
  size_t count = cs_frame_rows(frame, &rows);
  count = count < most ? count : most;
  tell->digest = cs_digest_add_rows(tell->options->kernel, tell->digest, &rows, count);
  for (size_t row = 0; row < count; row++) {
    const cs_span all = cs_rows_text(&rows, row);
    text_add(out, all.bytes, all.length);
    text_put(out, " known ");
    for (size_t i = 0; i < tell->options->name_count; i++) {
      const uint32_t member = rows.template->members_of[i];
      const cs_value value = member == CS_TEMPLATE_NONE ? (cs_value){.kind = CS_KIND_ABSENT}
                                                        : cs_rows_value(&rows, row, member);
      put_column(out, &value);
    }
    text_put(out, "\n");
  }
  if (count > 0)
    cs_frame_take(frame, count);
  return count;
}

static void note_digest(const told *tell, text *out) {
  char digits[40];
  snprintf(digits, sizeof digits, " digest %llx", (unsigned long long)tell->digest);
  text_put(out, digits);
}

/* As read_text, by runs of rows where there are some. */
static text read_runs(reading *how, const text *bytes, const cutting *cut) {
  text out = {NULL, 0, 0};
  told tell = {&how->options, CS_DIGEST_NONE};
  cs_frame *const frame = cs_frame_new(&how->options);
  cs_frame_status status = CS_FRAME_MORE;
  assert_non_null(frame);
  for (size_t at = 0, piece = 0; status <= CS_FRAME_MORE;) {
    cs_span record;
    const size_t most = cut->lengths[piece % CUTS];
    if (note_rows(&tell, frame, most == 0 ? SIZE_MAX : most, &out) > 0)
      continue;
    status = cs_frame_next(frame, &record);
    if (status == CS_FRAME_RECORD) {
      note_columns(&tell, frame, record, &out);
    } else if (status == CS_FRAME_MORE && at == bytes->length) {
      cs_frame_finish(frame, how->empty_allowed);
    } else if (status == CS_FRAME_MORE) {
      at += give_some(frame, bytes, at, cut->lengths[piece % CUTS], cut->appends);
      piece++;
    }
  }
  text_put(&out, cs_frame_proves_end(frame) ? "proven: " : "");
  conclude(frame, status, &out);
  note_digest(&tell, &out);
  cs_frame_free(frame);
  return out;
}

/* Of each kernel the answers of one way to read, and the runs of the other. */
static void answers_are_right(reading *how, const text *bytes, const cutting *cut,
                              uint64_t order) {
  const cutting *const ways[] = {cut, &whole_appended};
  static learned names;
  how->options.kernel = cs_kernel_named("plain");
  text records = read_text(how, bytes, &byte_by_byte, note_proven, &how->options);
  told tell = {&how->options, CS_DIGEST_NONE};
  text columns = read_text(how, bytes, &byte_by_byte, note_columns, &tell);
  note_digest(&tell, &columns);
  for (size_t k = 0; k < COUNT(kernel_names); k++) {
    const cs_kernel *const kernel = cs_kernel_named(kernel_names[k]);
    questions asked = {how, &names, order + k};
    if (kernel == NULL)
      continue;
    how->options.kernel = kernel;
    assert_noted(bytes, &records, read_text(how, bytes, ways[(order + k) % 2], ask, &asked),
                 kernel);
    assert_noted(bytes, &columns, read_runs(how, bytes, ways[(order + k + 1) % 2]), kernel);
    forget(&names);
  }
  text_free(&records);
  text_free(&columns);
}

/* All of the text as one value without quotes. */
static void unquoted_is_right(const reading *how, const text *bytes) {
  const rules rule = {8, how->options.number_range};
  if (bytes->length == 0 || strchr("\"[{ \t\r\n", *bytes->bytes) != NULL)
    return;
  const outcome proof = read_cut(rule, bytes->bytes, bytes->length, bytes->length, bytes->length);
  assert_int_equal(cs_unquoted_is_right(bytes->bytes, bytes->length, rule.number_range),
                   proof.verdict == CS_VERDICT_DONE && proof.stop == bytes->length);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  input from = {bytes, bytes + length};
  reading how = take_reading(&from);
  const cutting cut = take_cutting(&from);
  static const size_t counts[] = {4, 7, CS_TEMPLATE_NAMES, CS_TEMPLATE_NAMES};
  how.options.names = column_names;
  how.options.name_count = counts[take_below(&from, COUNT(counts))];
  how.options.known_end = take_below(&from, how.options.name_count + 1);
  how.options.known_first = take_below(&from, how.options.known_end + 1);
  const uint64_t order = 0x9e3779b97f4a7c15 + take_byte(&from);
  text content = take_text(&from);
  unquoted_is_right(&how, &content);
  answers_are_right(&how, &content, &cut, order);
  text_free(&content);
  return 0;
}
