#include "openssl_store.h"

#include <limits.h>

#include "openssl.h"

/* As libcurl wants it of its own: X509_V_FLAG_TRUSTED_FIRST and X509_V_FLAG_PARTIAL_CHAIN. */
#define FLAGS 0x88000UL

/* PEM_R_NO_START_LINE of ERR_LIB_PEM, as the lowest bits and the library's of an error. */
#define LIBRARY       9UL
#define NO_START_LINE 108UL

#if defined(__ELF__)
typedef struct x509_st certificate;
typedef int password_callback(char *buffer, int size, int writes, void *context);
cs_openssl_store *X509_STORE_new(void) __attribute__((weak));
void X509_STORE_free(cs_openssl_store *store) __attribute__((weak));
int X509_STORE_up_ref(cs_openssl_store *store) __attribute__((weak));
int X509_STORE_set_flags(cs_openssl_store *store, unsigned long flags) __attribute__((weak));
int X509_STORE_add_cert(cs_openssl_store *store, certificate *one) __attribute__((weak));
int X509_STORE_load_locations(cs_openssl_store *store, const char *file, const char *directory)
    __attribute__((weak));
void X509_free(certificate *one) __attribute__((weak));
cs_openssl_pem *BIO_new_mem_buf(const void *text, int length) __attribute__((weak));
int BIO_free(cs_openssl_pem *pem) __attribute__((weak));
certificate *PEM_read_bio_X509_AUX(cs_openssl_pem *pem, certificate **into,
                                   password_callback *callback, void *context)
    __attribute__((weak));
unsigned long ERR_peek_last_error(void) __attribute__((weak));
void ERR_clear_error(void) __attribute__((weak));

bool cs_openssl_stores(void) {
  return cs_openssl_is_bound() && X509_STORE_new != NULL && X509_STORE_free != NULL &&
         X509_STORE_up_ref != NULL && X509_STORE_set_flags != NULL &&
         X509_STORE_add_cert != NULL && X509_STORE_load_locations != NULL && X509_free != NULL &&
         BIO_new_mem_buf != NULL && BIO_free != NULL && PEM_read_bio_X509_AUX != NULL &&
         ERR_peek_last_error != NULL && ERR_clear_error != NULL;
}

cs_openssl_store *cs_openssl_store_new(const char *directory) {
  cs_openssl_store *store = X509_STORE_new();
  if (store == NULL)
    return NULL;
  if (X509_STORE_set_flags(store, FLAGS) == 1 &&
      (directory == NULL || X509_STORE_load_locations(store, NULL, directory) == 1))
    return store;
  X509_STORE_free(store);
  ERR_clear_error();
  return NULL;
}

cs_openssl_store *cs_openssl_store_share(cs_openssl_store *store) {
  return X509_STORE_up_ref(store) == 1 ? store : NULL;
}

void cs_openssl_store_free(cs_openssl_store *store) {
  if (store != NULL)
    X509_STORE_free(store);
}

cs_openssl_pem *cs_openssl_pem_new(const char *text, size_t length) {
  return length <= INT_MAX ? BIO_new_mem_buf(text, (int)length) : NULL;
}

void cs_openssl_pem_free(cs_openssl_pem *pem) {
  if (pem != NULL)
    (void)BIO_free(pem);
}

/* Else OpenSSL would ask at the terminal. */
static int no_password(char *buffer, int size, int writes, void *context) {
  (void)buffer, (void)size, (void)writes, (void)context;
  return -1;
}

static bool is_end(unsigned long error) {
  return (error >> 23 & 0xff) == LIBRARY && (error & 0xfff) == NO_START_LINE;
}

cs_openssl_added cs_openssl_store_add(cs_openssl_store *store, cs_openssl_pem *pem) {
  ERR_clear_error();
  certificate *one = PEM_read_bio_X509_AUX(pem, NULL, no_password, NULL);
  cs_openssl_added added = CS_OPENSSL_WRONG;
  if (one == NULL && is_end(ERR_peek_last_error()))
    added = CS_OPENSSL_NO_MORE;
  else if (one != NULL && X509_STORE_add_cert(store, one) == 1)
    added = CS_OPENSSL_ADDED;
  if (one != NULL)
    X509_free(one);
  ERR_clear_error();
  return added;
}
#else
bool cs_openssl_stores(void) {
  return false;
}

cs_openssl_store *cs_openssl_store_new(const char *directory) {
  (void)directory;
  return NULL;
}

cs_openssl_store *cs_openssl_store_share(cs_openssl_store *store) {
  return store;
}

void cs_openssl_store_free(cs_openssl_store *store) {
  (void)store;
}

cs_openssl_pem *cs_openssl_pem_new(const char *text, size_t length) {
  (void)text, (void)length;
  return NULL;
}

void cs_openssl_pem_free(cs_openssl_pem *pem) {
  (void)pem;
}

cs_openssl_added cs_openssl_store_add(cs_openssl_store *store, cs_openssl_pem *pem) {
  (void)store, (void)pem;
  return CS_OPENSSL_WRONG;
}
#endif
