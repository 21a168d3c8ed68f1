/* The kernels that this machine's kind could have. */
#ifndef CS_JSON_KERNELS_H
#define CS_JSON_KERNELS_H

#include "kernel.h"

#if defined __x86_64__ && defined __GNUC__
#define CS_KERNEL_X86
extern const cs_kernel cs_kernel_avx512;
extern const cs_kernel cs_kernel_avx2;
extern const cs_kernel cs_kernel_sse2;
#elif defined __aarch64__ && defined __GNUC__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CS_KERNEL_ARM
extern const cs_kernel cs_kernel_neon;
#endif

extern const cs_kernel cs_kernel_plain;

#endif
