#include "kernel.h"

#include <string.h>

#include "kernels.h"

#ifdef CS_KERNEL_X86
static bool runs_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") &&
         __builtin_cpu_supports("pclmul");
}

static bool runs_avx512(void) {
  return runs_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2");
}
#endif

static bool runs_always(void) {
  return true;
}

typedef struct candidate {
  const cs_kernel *kernel;
  bool (*runs)(void);
} candidate;

/* The fastest first. */
static const candidate candidates[] = {
#ifdef CS_KERNEL_X86
    {&cs_kernel_avx512, runs_avx512}, {&cs_kernel_avx2, runs_avx2},
    {&cs_kernel_sse2, runs_always},
#endif
#ifdef CS_KERNEL_ARM
    {&cs_kernel_neon, runs_always},
#endif
    {&cs_kernel_plain, runs_always},
};

const cs_kernel *cs_kernel_best(void) {
  const candidate *best = candidates;
  while (!best->runs())
    best++;
  return best->kernel;
}

const cs_kernel *cs_kernel_named(const char *name) {
  for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
    if (strcmp(candidates[i].kernel->name, name) == 0)
      return candidates[i].runs() ? candidates[i].kernel : NULL;
  return NULL;
}
