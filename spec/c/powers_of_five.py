#!/usr/bin/env python3
"""Writes src/json/powers_of_five.c to standard output (then: clang-format)."""

LEAST, GREATEST = -342, 308


def leading_128_bits(q):
    if q >= 0:
        power = 5**q
        shift = power.bit_length() - 128
        return power >> shift if shift > 0 else power << -shift
    # The reciprocal, rounded up: its least 128 bits for small powers, cut from more for large
    # ones, as the proof of the algorithm wants it.
    power = 5**-q
    bits = (power - 1).bit_length()
    if q >= -27:
        return (1 << (bits + 127)) // power + 1
    reciprocal = (1 << (2 * bits + 128)) // power + 1
    return reciprocal >> (reciprocal.bit_length() - 128)


print("/* Written by spec/c/powers_of_five.py. */")
print('#include "powers_of_five.h"\n')
print("const uint64_t cs_powers_of_five[CS_POWERS_OF_FIVE][2] = {")
for q in range(LEAST, GREATEST + 1):
    value = leading_128_bits(q)
    assert 1 << 127 <= value < 1 << 128
    print("    {0x%016x, 0x%016x}," % (value >> 64, value & (2**64 - 1)))
print("};")
