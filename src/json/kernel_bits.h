/* Bits of a kernel where the instruction set has none of its own for them. */
#ifndef CS_JSON_KERNEL_BITS_H
#define CS_JSON_KERNEL_BITS_H

#include <stdint.h>

static inline unsigned lowest(uint64_t bits) {
  return (unsigned)__builtin_ctzll(bits);
}

static inline uint64_t shifted_xor(uint64_t bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ bits << 32;
}

static inline uint64_t summed_bits(uint64_t bits) {
  bits -= bits >> 1 & UINT64_C(0x5555555555555555);
  bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
  bits = (bits + (bits >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
  return bits * UINT64_C(0x0101010101010101) >> 56;
}

static inline uint32_t *put_each_position(uint32_t *out, uint32_t base, uint64_t bits) {
  while (bits != 0) {
    *out++ = base + lowest(bits);
    bits &= bits - 1;
  }
  return out;
}

#endif
