/* A fuzzer's target without the fuzzer: each file of its corpus, then mutants of them. */
#include <dirent.h>

#include "input.h"

enum { FILES_MOST = 500, INPUT_MOST = 600, MUTANTS = 5000, MUTANTS_LONG = 500000 };

typedef struct corpus {
  text files[FILES_MOST];
  size_t count;
} corpus;

static void add_file(corpus *from, const char *name) {
  char path[300], bytes[INPUT_MOST];
  snprintf(path, sizeof path, "spec/fuzz/corpus/%s/%s", TARGET, name);
  FILE *const file = fopen(path, "rb");
  assert_non_null(file);
  assert_true(from->count < FILES_MOST);
  text_add(&from->files[from->count++], bytes, fread(bytes, 1, sizeof bytes, file));
  assert_false(ferror(file));
  fclose(file);
}

static int compare_files(const void *a, const void *b) {
  const text *const left = a, *const right = b;
  const size_t common = left->length < right->length ? left->length : right->length;
  const int order = memcmp(left->bytes, right->bytes, common);
  return order != 0 ? order : (left->length > right->length) - (left->length < right->length);
}

/* In an order that does not depend on the file system. */
static int open_corpus(void **state) {
  static corpus all;
  DIR *const directory = opendir("spec/fuzz/corpus/" TARGET);
  assert_non_null(directory);
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
    if (*entry->d_name != '.')
      add_file(&all, entry->d_name);
  closedir(directory);
  qsort(all.files, all.count, sizeof *all.files, compare_files);
  *state = &all;
  return 0;
}

static int close_corpus(void **state) {
  corpus *const all = *state;
  for (size_t i = 0; i < all->count; i++)
    text_free(&all->files[i]);
  return 0;
}

/* From a block of just its size, so that a checker of memory sees every byte too far. */
static void run(const uint8_t *bytes, size_t length) {
  uint8_t *const copy = malloc(length + (length == 0));
  assert_non_null(copy);
  memcpy(copy, bytes, length);
  LLVMFuzzerTestOneInput(copy, length);
  free(copy);
}

/* Puts `length` bytes where `gone` bytes were, as far as there is room. */
static size_t replace(uint8_t *bytes, size_t all, size_t at, size_t gone, const void *other,
                      size_t length) {
  gone = gone < all - at ? gone : all - at;
  if (all - gone + length > INPUT_MOST)
    return all;
  memmove(bytes + at + length, bytes + at + gone, all - at - gone);
  memcpy(bytes + at, other, length);
  return all - gone + length;
}

static size_t mutate_once(uint8_t *bytes, size_t length, const text *donor, uint64_t *seed) {
  static const char edges[] = "\"\"\\\\{}[]:,,0-.eE+1 \n\t\x01\x7F\x80\xC3\xED\xF4\xFD\xFE\xFF";
  const size_t at = next_random(seed) % (length + 1), size = 1 + next_random(seed) % 8;
  const size_t from = next_random(seed) % donor->length, left = donor->length - from;
  const size_t piece = 1 + next_random(seed) % (left < 64 ? left : 64);
  switch (next_random(seed) % 5) {
  case 0:
    return replace(bytes, length, at, 1, edges + next_random(seed) % (sizeof edges - 1), 1);
  case 1:
    return replace(bytes, length, at, 0, edges + next_random(seed) % (sizeof edges - 1), 1);
  case 2:
    return replace(bytes, length, at, size, "", 0);
  case 3:
    if (at < length)
      bytes[at] ^= (uint8_t)(1 << size % 8);
    return length;
  default:
    return replace(bytes, length, at, next_random(seed) % 2 * piece, donor->bytes + from, piece);
  }
}

static void the_corpus_shows_nothing_wrong(void **state) {
  const corpus *const all = *state;
  assert_true(all->count > 0);
  for (size_t i = 0; i < all->count; i++)
    run((const uint8_t *)all->files[i].bytes, all->files[i].length);
}

static void mutants_of_the_corpus_show_nothing_wrong(void **state) {
  const corpus *const all = *state;
  const char *const torture = getenv("COSTREAM_TORTURE");
  const bool is_long = torture != NULL && strcmp(torture, "long") == 0;
  uint64_t seed = 0x9e3779b97f4a7c15;
  for (size_t i = 0; i < (is_long ? MUTANTS_LONG : MUTANTS); i++) {
    const text *const origin = &all->files[next_random(&seed) % all->count];
    const text *const donor = &all->files[next_random(&seed) % all->count];
    uint8_t bytes[INPUT_MOST];
    size_t length = origin->length;
    memcpy(bytes, origin->bytes, length);
    for (size_t changes = 1 + next_random(&seed) % 4; changes > 0; changes--)
      length = mutate_once(bytes, length, donor, &seed);
    run(bytes, length);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_corpus_shows_nothing_wrong),
      cmocka_unit_test(mutants_of_the_corpus_show_nothing_wrong),
  };
  return cmocka_run_group_tests_name("fuzz " TARGET, tests, open_corpus, close_corpus);
}
