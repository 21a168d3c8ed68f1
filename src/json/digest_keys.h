#ifndef CS_JSON_DIGEST_KEYS_H
#define CS_JSON_DIGEST_KEYS_H

#include <stdint.h>

#include "kernel.h"

/* What each lane begins with: the fraction of pi. */
static const uint64_t cs_digest_keys[CS_DIGEST_LANES] = {
    UINT64_C(0x13198A2E03707344), UINT64_C(0xA4093822299F31D0), UINT64_C(0x082EFA98EC4E6C89),
    UINT64_C(0x452821E638D01377), UINT64_C(0xBE5466CF34E90C6C), UINT64_C(0xC0AC29B7C97C50DD),
    UINT64_C(0x3F84D5B5B5470917), UINT64_C(0x9216D5D98979FB1B)};

/* What is added to all keys behind a block: both halves are odd. */
#define CS_DIGEST_STEP UINT64_C(0x9E3779B97F4A7C15)

#endif
