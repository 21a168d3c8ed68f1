#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "openssl.h"

#define AT_ONCE    4                 /* certificates: about half a millisecond */
#define BYTES_MOST ((size_t)1 << 26) /* of a file */
#define KEPT       16                /* files: the system's takes most of a megabyte */

struct cs_trust {
  char *file;
  const char *directory; /* whose certificates are trusted as well, or NULL */
  struct stat version;   /* of the file that was read */
  char *text;            /* until all of it is read */
  cs_openssl_pem *pem;   /* likewise */
  cs_openssl_store *store;
  bool any; /* certificate was in it so far */
  bool usable;
  cs_trust *next;
};

static const char *system_file(void) {
  return curl_version_info(CURLVERSION_NOW)->cainfo;
}

static const char *system_directory(void) {
  return curl_version_info(CURLVERSION_NOW)->capath;
}

static void stop_reading(cs_trust *trust) {
  cs_openssl_pem_free(trust->pem);
  trust->pem = NULL;
  free(trust->text);
  trust->text = NULL;
}

static void empty(cs_trust *trust) {
  stop_reading(trust);
  cs_openssl_store_free(trust->store);
  trust->store = NULL;
  trust->any = false;
  trust->usable = false;
}

static void remove_at(cs_trust **link) {
  cs_trust *trust = *link;
  *link = trust->next;
  empty(trust);
  free(trust->file);
  free(trust);
}

void cs_trusts_free(cs_trusts *trusts) {
  while (trusts->first != NULL)
    remove_at(&trusts->first);
}

static bool is_of(const cs_trust *trust, const char *file, const char *directory) {
  return strcmp(trust->file, file) == 0 && trust->directory == directory;
}

/* NULL is the system's. */
static cs_trust *find(const cs_trusts *trusts, const char *file) {
  const char *name = file != NULL ? file : system_file();
  const char *directory = file != NULL ? NULL : system_directory();
  cs_trust *trust = trusts->first;
  while (trust != NULL && !is_of(trust, name, directory))
    trust = trust->next;
  return trust;
}

static cs_trust *add(cs_trusts *trusts, const char *file) {
  cs_trust *trust = calloc(1, sizeof *trust);
  if (trust == NULL)
    return NULL;
  trust->file = strdup(file != NULL ? file : system_file());
  if (trust->file == NULL) {
    free(trust);
    return NULL;
  }
  trust->directory = file != NULL ? NULL : system_directory();
  trust->next = trusts->first;
  trusts->first = trust;
  return trust;
}

/* The last is the one that nobody has asked for for the longest time. */
static void put_first(cs_trusts *trusts, cs_trust *trust) {
  cs_trust **link = &trusts->first;
  while (*link != trust)
    link = &(*link)->next;
  *link = trust->next;
  trust->next = trusts->first;
  trusts->first = trust;
}

/* One that is not read to its end yet is needed still. */
static void forget_last(cs_trusts *trusts) {
  cs_trust **link = &trusts->first;
  for (int i = 0; *link != NULL; i++) {
    if (i >= KEPT && (*link)->pem == NULL)
      remove_at(link);
    else
      link = &(*link)->next;
  }
}

/* One authority's certificate is often as long as another's, and may take its place within a
   second. Where OpenSSL is not bound, nothing is read that could be compared. */
static bool is_same(const struct stat *a, const struct stat *b) {
#if defined(__ELF__)
  if (a->st_mtim.tv_nsec != b->st_mtim.tv_nsec || a->st_ctim.tv_nsec != b->st_ctim.tv_nsec)
    return false;
#endif
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
         a->st_mtime == b->st_mtime && a->st_ctime == b->st_ctime;
}

static bool read_text(cs_trust *trust, size_t length) {
  FILE *file = fopen(trust->file, "rbe");
  if (file == NULL)
    return false;
  trust->text = malloc(length);
  bool whole = trust->text != NULL && fread(trust->text, 1, length, file) == length;
  (void)fclose(file);
  return whole;
}

/* False where libcurl has to see to it. */
static bool begin(cs_trust *trust) {
  size_t length = (size_t)trust->version.st_size;
  if (!S_ISREG(trust->version.st_mode) || length == 0 || length > BYTES_MOST ||
      !read_text(trust, length))
    return false;
  trust->pem = cs_openssl_pem_new(trust->text, length);
  trust->store = cs_openssl_store_new(trust->directory);
  return trust->pem != NULL && trust->store != NULL;
}

/* True when there is no more to read. */
static bool read_some(cs_trust *trust) {
  for (int i = 0; i < AT_ONCE; i++) {
    switch (cs_openssl_store_add(trust->store, trust->pem)) {
    case CS_OPENSSL_ADDED:
      trust->any = true;
      break;
    case CS_OPENSSL_NO_MORE:
      stop_reading(trust);
      trust->usable = trust->any;
      return true;
    default:
      empty(trust);
      return true;
    }
  }
  return false;
}

bool cs_trust_read(cs_trusts *trusts, const char *file) {
  if (!cs_openssl_stores() || (file == NULL && system_file() == NULL))
    return true;
  cs_trust *trust = find(trusts, file);
  if (trust == NULL)
    trust = add(trusts, file);
  struct stat version;
  if (trust == NULL)
    return true;
  put_first(trusts, trust);
  forget_last(trusts);
  if (stat(trust->file, &version) != 0)
    return true;
  if (!is_same(&trust->version, &version)) {
    empty(trust);
    trust->version = version;
    if (!begin(trust))
      empty(trust);
  }
  return trust->pem == NULL || read_some(trust);
}

/* libcurl reuses connections among handles that trust the same, so it has to be told still what
   this one does: by a directory, which it looks into only while it checks a certificate, and
   not even then, as it uses this store instead. */
cs_openssl_store *cs_trust_use(const cs_trusts *trusts, CURL *easy, const char *file,
                               CURLcode *code) {
  const cs_trust *trust = file != NULL || system_file() != NULL ? find(trusts, file) : NULL;
  *code = CURLE_OK;
  if (trust == NULL || !trust->usable)
    return NULL;
  *code = curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
  if (*code == CURLE_OK)
    *code = curl_easy_setopt(easy, CURLOPT_CAPATH,
                             trust->directory != NULL ? trust->directory : trust->file);
  return *code == CURLE_OK ? cs_openssl_store_share(trust->store) : NULL;
}
