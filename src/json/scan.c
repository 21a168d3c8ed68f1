#include "scan.h"

size_t cs_scan_visible_end(const cs_scan *scan) {
  uint64_t before = cs_buffer_offset(&scan->buffer, 0);
  uint64_t allowed = scan->total_limit > before ? scan->total_limit - before : 0;
  return allowed < scan->buffer.end ? (size_t)allowed : scan->buffer.end;
}

cs_step cs_scan_fail(cs_scan *scan, cs_json_error_kind kind, const char *message, size_t index) {
  scan->error.kind = kind;
  scan->error.message = message;
  scan->error.found = index < scan->buffer.end && kind == CS_JSON_MALFORMED
                          ? (unsigned char)scan->buffer.bytes[index]
                          : CS_JSON_FOUND_NOTHING;
  scan->error.record = scan->records + 1;
  cs_buffer_locate(&scan->buffer, index, &scan->error);
  return CS_STEP_ERROR;
}

cs_step cs_scan_unexpected(cs_scan *scan, const char *message) {
  return cs_scan_fail(scan, CS_JSON_MALFORMED, message, scan->at);
}

int cs_scan_peek_any(cs_scan *scan) {
  scan->buffer.start = scan->at;
  return scan->at < cs_scan_visible_end(scan) ? (unsigned char)scan->buffer.bytes[scan->at]
                                              : CS_SCAN_DRY;
}

int cs_scan_peek(cs_scan *scan) {
  size_t end = cs_scan_visible_end(scan);
  while (scan->at < end) {
    char byte = scan->buffer.bytes[scan->at];
    if (byte != ' ' && byte != '\n' && byte != '\r' && byte != '\t')
      break;
    scan->at++;
  }
  return cs_scan_peek_any(scan);
}

void cs_scan_consume(cs_scan *scan) {
  scan->at++;
  scan->buffer.start = scan->at;
}

cs_step cs_scan_dry(cs_scan *scan, const char *message) {
  if (scan->at < scan->buffer.end)
    return cs_scan_fail(scan, CS_JSON_LIMIT, "longer than limits.body_bytes allows", scan->at);
  if (scan->finished)
    return cs_scan_fail(scan, CS_JSON_INCOMPLETE, message, scan->at);
  return CS_STEP_MORE;
}

static cs_step over_record_limit(cs_scan *scan) {
  return cs_scan_fail(scan, CS_JSON_LIMIT, "longer than limits.record_bytes allows",
                      scan->buffer.start + scan->record_limit);
}

static cs_step value_is_wrong(cs_scan *scan) {
  return cs_scan_fail(scan, scan->validator.kind, scan->validator.message, scan->at);
}

/* The validator took all it was shown and wants more. */
static cs_step value_goes_on(cs_scan *scan) {
  if (scan->at - scan->buffer.start > scan->record_limit)
    return over_record_limit(scan);
  if (scan->at < scan->buffer.end || !scan->finished)
    return cs_scan_dry(scan, NULL);
  const char *value = scan->buffer.bytes + scan->buffer.start;
  cs_verdict verdict =
      cs_validator_finish(&scan->validator, value, scan->at - scan->buffer.start);
  if (verdict != CS_VERDICT_MORE && !scan->text_ends_value)
    return cs_scan_dry(scan, "the text stops inside a value");
  switch (verdict) {
  case CS_VERDICT_DONE:
    scan->in_value = false;
    return CS_STEP_ON;
  case CS_VERDICT_WRONG:
    scan->at = scan->buffer.start + scan->validator.number_start;
    return value_is_wrong(scan);
  default:
    return cs_scan_dry(scan, scan->validator.message);
  }
}

cs_step cs_scan_value(cs_scan *scan, size_t around) {
  if (!scan->in_value) {
    scan->buffer.start = scan->at;
    size_t depth = scan->depth_limit > around ? scan->depth_limit - around : 0;
    cs_validator_begin(&scan->validator, depth, scan->number_range);
    scan->in_value = true;
  }
  size_t start = scan->buffer.start;
  size_t to = cs_scan_visible_end(scan);
  /* One byte over the limit is shown, so that a number of just that length can end. */
  if (to - start > scan->record_limit)
    to = start + scan->record_limit + 1;
  size_t stop = 0;
  cs_verdict verdict = cs_validator_run(&scan->validator, scan->buffer.bytes + start,
                                        scan->at - start, to - start, &stop);
  scan->at = start + stop;
  if (verdict == CS_VERDICT_WRONG)
    return value_is_wrong(scan);
  if (verdict == CS_VERDICT_MORE)
    return value_goes_on(scan);
  scan->in_value = false;
  return stop > scan->record_limit ? over_record_limit(scan) : CS_STEP_ON;
}
