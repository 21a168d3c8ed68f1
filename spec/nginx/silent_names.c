/* To be preloaded: a name server that never answers for names under .unanswered. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

typedef int look_up(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static int is_unanswered(const char *name) {
  static const char ending[] = ".unanswered";
  size_t length = name != NULL ? strlen(name) : 0;
  return length >= sizeof ending - 1 && strcmp(name + length - (sizeof ending - 1), ending) == 0;
}

__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **found) {
  while (is_unanswered(name))
    (void)sleep(60);
  void *known = dlsym(RTLD_NEXT, "getaddrinfo");
  look_up *next = NULL;
  memcpy(&next, &known, sizeof next);
  return next(name, service, hints, found);
}
