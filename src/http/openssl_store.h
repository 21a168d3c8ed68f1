/* Certificates in the memory of the OpenSSL that libcurl stands on. */
#ifndef CS_HTTP_OPENSSL_STORE_H
#define CS_HTTP_OPENSSL_STORE_H

#include <stdbool.h>
#include <stddef.h>

/* Certificates that are trusted. */
typedef struct x509_store_st cs_openssl_store;

/* A text that holds certificates, and how much of it was read. */
typedef struct bio_st cs_openssl_pem;

typedef enum cs_openssl_added {
  CS_OPENSSL_ADDED,
  CS_OPENSSL_NO_MORE,
  CS_OPENSSL_WRONG /* something in the text is none, or memory ran out */
} cs_openssl_added;

/* Can they be made? Only then may the others be called. */
bool cs_openssl_stores(void);

/* Without certificates, but also those in `directory`, unless that is NULL, are trusted: it is
   looked into when one is needed. NULL when memory ran out. */
cs_openssl_store *cs_openssl_store_new(const char *directory);

/* The same store, to be freed as often as it is had. */
cs_openssl_store *cs_openssl_store_share(cs_openssl_store *store);
void cs_openssl_store_free(cs_openssl_store *store); /* NULL is allowed */

/* The text must stay where it is. NULL when memory ran out. */
cs_openssl_pem *cs_openssl_pem_new(const char *text, size_t length);
void cs_openssl_pem_free(cs_openssl_pem *pem); /* NULL is allowed */

/* Adds the next certificate. */
cs_openssl_added cs_openssl_store_add(cs_openssl_store *store, cs_openssl_pem *pem);

#endif
