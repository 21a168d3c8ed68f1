/* Preloaded beside a sanitizer, so that the programs which are started from there have none. */
#include <stdlib.h>

__attribute__((constructor)) static void forget(void) {
  (void)unsetenv("LD_PRELOAD");
}
