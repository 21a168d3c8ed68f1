/* The algorithm of all kernels. The file that includes it has defined what hides the instruction
   set:

     block                 64 bytes in registers
     load_block(p)         -> block
     equal(block, byte)    -> bit i: byte i is that byte
     beyond(block)         -> bit i: byte i is below 0x20 or above 0x7F
     high(block)           -> bit i: byte i is above 0x7F
     high_below(block, byte) -> bit i: byte i is above 0x7F and below that byte
     any(block, byte)      -> not 0: some byte is that byte
     prefix_xor(bits)      -> bit i: the parity of bits 0 to i
     count_bits(bits)
     lowest(bits)          -> number of the lowest bit, which must be there
     literal, no_difference(), differ(l, p, check) -> l and the difference of 32 bytes at p
     is_different(l)
     non_digits(p, &dots)  -> bit i: byte i of 32 is no digit; the same of those that are '.'
     store_block(p, block)
     put_positions(out, base, bits) -> behind what it wrote at `out`: base + the number of each
                              bit; may write 16 more
     lanes                 a digest's sums and keys, of 64 bits
     lanes_with(keys)      -> the sums are 0
     add_words(lanes, p)   -> each sum grows by its word of the 64 bytes at p, the halves of which
                              the key is XORed to and which are multiplied then, and by its
                              neighbour's word; CS_DIGEST_STEP is added to each key
     store_sums(out, lanes)

   and KERNEL, the name of the cs_kernel. */
#include <string.h>

#include "kernel.h"
#include "unquoted.h"

typedef enum look {
  PLAIN,
  MARKED, /* and proven right */
  DOUBT   /* marked, and it is not */
} look;

/* Bit i: byte i stands behind an odd run of backslashes. John Keiser and Daniel Lemire, in
   simdjson: a run that begins at an odd byte is told from one at an even byte by an addition. */
static uint64_t escaped_by(uint64_t backslashes, uint64_t *carry) {
  const uint64_t even = UINT64_C(0x5555555555555555);
  backslashes &= ~*carry;
  uint64_t follows = backslashes << 1 | *carry;
  uint64_t odd_starts = backslashes & ~even & ~follows;
  uint64_t sum = odd_starts + backslashes;
  *carry = sum < backslashes;
  return (even ^ sum << 1) & follows;
}

/* Checks the characters of several bytes in a block, whose bytes are those of `rest`, byte by
   byte. */
static bool utf8_by_bytes(cs_block_carry *carry, const char *bytes, uint64_t rest) {
  uint32_t left = carry->utf8_left;
  uint8_t first = carry->utf8_first, last = carry->utf8_last;
  bool right = true;
  unsigned at = 0;
  while (left > 0 || rest != 0) {
    if (left == 0)
      at = lowest(rest);
    if (at == CS_BLOCK)
      break;
    unsigned char byte = (unsigned char)bytes[at];
    rest &= ~(UINT64_C(1) << at);
    at++;
    if (left > 0) {
      right = right && byte >= first && byte <= last;
      left--;
      first = 0x80;
      last = 0xBF;
      continue;
    }
    left = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
    first = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    last = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    right = right && byte >= 0xC2 && byte <= 0xF4;
  }
  carry->utf8_left = left;
  carry->utf8_first = first;
  carry->utf8_last = last;
  return right;
}

/* All at once: every byte that goes on with a character stands where one has to, and what is
   special about some second bytes holds. False when it is wrong, or hard to tell. */
static inline bool utf8_at_once(cs_block_carry *carry, const char *bytes, block b,
                                uint64_t high_bits) {
  uint64_t on = high_below(b, 0xC0), two = high_below(b, 0xE0) & ~on;
  uint64_t three = high_below(b, 0xF0) & ~on & ~two, four = high_bits & ~(on | two | three);
  uint64_t wanted = two << 1 | three << 1 | three << 2 | four << 1 | four << 2 | four << 3;
  unsigned char byte = (unsigned char)*bytes;
  if (carry->utf8_left > 0 && (byte < carry->utf8_first || byte > carry->utf8_last))
    return false;
  wanted |= (UINT64_C(1) << carry->utf8_left) - 1;
  uint64_t below_a0 = high_below(b, 0xA0);
  uint64_t wrong = (wanted ^ on) | (equal(b, (char)0xE0) << 1 & below_a0) |
                   (equal(b, (char)0xED) << 1 & ~below_a0) | (high_below(b, 0xC2) & two);
  if (four != 0) {
    uint64_t below_90 = high_below(b, 0x90);
    wrong |= (high_bits & ~high_below(b, 0xF5)) | (equal(b, (char)0xF0) << 1 & below_90) |
             (equal(b, (char)0xF4) << 1 & ~below_90);
  }
  if (wrong != 0)
    return false;
  carry->utf8_left = 0;
  uint64_t last = (two | three | four) >> (CS_BLOCK - 3);
  return last == 0 || utf8_by_bytes(carry, bytes, high_bits & ~UINT64_C(0) << lowest(last) << 61);
}

/* What a byte may be in an escape. */
enum { HEX = 1, NO_SURROGATE = 2, LETTER = 4, HEX_DIGITS = 4 };
static const uint8_t in_escape[256] = {
    ['0'] = 3, ['1'] = 3, ['2'] = 3, ['3'] = 3, ['4'] = 3, ['5'] = 3, ['6'] = 3,
    ['7'] = 3, ['8'] = 3, ['9'] = 3, ['a'] = 3, ['A'] = 3, ['B'] = 3, ['C'] = 3,
    ['D'] = 1, ['E'] = 3, ['F'] = 3, ['b'] = 7, ['c'] = 3, ['d'] = 1, ['e'] = 3,
    ['f'] = 7, ['n'] = 4, ['r'] = 4, ['t'] = 4, ['"'] = 4, ['/'] = 4, ['\\'] = 4};

/* Are the escapes right whose first bytes behind the backslash these are? False for a doubt:
   surrogates are for others. */
static inline bool check_escapes(cs_block_carry *carry, const char *bytes, uint64_t escaped) {
  const unsigned char *text = (const unsigned char *)bytes;
  unsigned at = 0, left = carry->hex_left;
  bool right = true;
  for (;;) {
    if (left == HEX_DIGITS && at < CS_BLOCK)
      right &= (in_escape[text[at]] & NO_SURROGATE) != 0;
    for (; left > 0 && at < CS_BLOCK; left--)
      right &= (in_escape[text[at++]] & HEX) != 0;
    if (escaped == 0)
      break;
    at = lowest(escaped);
    escaped &= escaped - 1;
    const unsigned char *digits = text + at + 1;
    if (text[at] != 'u') {
      right &= (in_escape[text[at]] & LETTER) != 0;
    } else if (at + HEX_DIGITS < CS_BLOCK) {
      unsigned first = in_escape[digits[0]] & (HEX | NO_SURROGATE);
      right &=
          (first & (in_escape[digits[1]] | NO_SURROGATE) & (in_escape[digits[2]] | NO_SURROGATE) &
           (in_escape[digits[3]] | NO_SURROGATE)) == (HEX | NO_SURROGATE);
    } else {
      left = HEX_DIGITS;
      at++;
    }
  }
  carry->hex_left = left;
  return right;
}

/* Of a block with bytes beyond in strings, or a backslash, or behind one whose last character
   goes on: takes the escaped quotes away. */
static __attribute__((noinline)) look look_closer(cs_block_carry *carry, const char *bytes,
                                                  uint64_t *quotes) {
  block b = load_block(bytes);
  uint64_t backslashes = equal(b, '\\');
  bool marked = backslashes != 0 || carry->escaped != 0, doubt = false;
  if (marked || carry->hex_left != 0) {
    uint64_t escaped = escaped_by(backslashes, &carry->escaped);
    *quotes &= ~escaped;
    doubt = !check_escapes(carry, bytes, escaped);
  }
  uint64_t beyond_bits = beyond(b);
  uint64_t strings = prefix_xor(*quotes) ^ carry->in_string;
  uint64_t high_bits = high(b);
  uint64_t control = beyond_bits & ~high_bits;
  /* A byte beyond ASCII outside of strings is found there by whoever reads the structure; behind
     a backslash there, a quote would not be seen. */
  if (((control & strings) | (backslashes & ~strings)) != 0)
    doubt = true;
  if ((high_bits != 0 || carry->utf8_left > 0) && !utf8_at_once(carry, bytes, b, high_bits) &&
      !utf8_by_bytes(carry, bytes, high_bits))
    doubt = true;
  return doubt ? DOUBT : marked ? MARKED : PLAIN;
}

static inline __attribute__((always_inline)) void classify_blocks(cs_index *index, char *to,
                                                                  const char *from, size_t first,
                                                                  size_t last, bool copies) {
  cs_block_carry carry = index->carry;
  uint64_t *const quotes_of = index->quotes;
  uint32_t *const before = index->before;
  uint32_t *anchors = index->anchors + index->anchors_end;
  uint32_t *marks = index->marks + index->marks_end;
  uint64_t in_string = carry.in_string, closed = carry.closed, quotes_before = carry.quotes;
  uint64_t unfinished = carry.escaped | carry.utf8_left | carry.hex_left;
  for (size_t i = first; i < last; i++, from += CS_BLOCK) {
    block b = load_block(from);
    if (copies) {
      __builtin_prefetch(from + 4096);
      store_block(to, b);
      to += CS_BLOCK;
    }
    uint64_t quotes = equal(b, '"');
    uint64_t strings = prefix_xor(quotes) ^ in_string;
    if (((beyond(b) & strings) | any(b, '\\') | unfinished) != 0) {
      uint64_t unescaped = quotes; /* has an address, and `quotes` shall stay in a register */
      carry.in_string = in_string;
      look seen = look_closer(&carry, from, &unescaped);
      if (seen != PLAIN) {
        index->doubts[marks - index->marks] = seen == DOUBT;
        *marks++ = (uint32_t)i;
      }
      quotes = unescaped;
      unfinished = carry.escaped | carry.utf8_left | carry.hex_left;
      strings = prefix_xor(quotes) ^ in_string;
    }
    uint64_t closing = quotes & ~strings;
    uint64_t names = equal(b, ':') & (closing << 1 | closed);
    quotes_of[i] = quotes;
    before[i] = (uint32_t)quotes_before;
    in_string = (uint64_t)((int64_t)strings >> 63);
    closed = closing >> 63;
    quotes_before += count_bits(quotes);
    anchors = put_positions(anchors, (uint32_t)(i * CS_BLOCK), names);
  }
  carry.in_string = in_string;
  carry.closed = closed;
  carry.quotes = quotes_before;
  index->carry = carry;
  index->anchors_end = (size_t)(anchors - index->anchors);
  index->marks_end = (size_t)(marks - index->marks);
}

static void classify(cs_index *index, const char *bytes, size_t first, size_t last) {
  classify_blocks(index, NULL, bytes, first, last, false);
}

static void copy(cs_index *index, char *to, const char *from, size_t first, size_t last) {
  classify_blocks(index, to, from, first, last, true);
}

static uint32_t quotes_before(const cs_index *index, uint32_t at) {
  uint64_t below = (UINT64_C(1) << at % CS_BLOCK) - 1;
  return index->before[at / CS_BLOCK] +
         (uint32_t)count_bits(index->quotes[at / CS_BLOCK] & below);
}

/* The usual numbers: digits, perhaps a point among them, and behind them a byte that is neither.
   Without branches, for what comes next cannot be foreseen. */
static inline bool is_usual_number(const char *text, size_t length) {
  uint32_t dots, all = non_digits(text, &dots);
  uint64_t inside = (UINT64_C(1) << length % 64) - 1, others = all & inside;
  uint64_t ends = (inside ^ inside >> 1) | 1; /* the first and the last */
  uint64_t wrong = (others & (others - 1)) | (others & (ends | ~(uint64_t)dots));
  uint64_t leading_zero = ~(uint64_t)all >> 1 & (*text == '0') & 1;
  return (wrong | leading_zero | (length - 1) >> 5) == 0;
}

/* Those with a minus, or a point and an exponent that is negative; else any value that is no
   string. */
static __attribute__((noinline)) bool is_scalar(const char *text, size_t length,
                                                bool number_range) {
  if (*text == '-' && is_usual_number(text + 1, length - 1))
    return true;
  if (length - 1 < 31) {
    uint32_t dots, others = non_digits(text, &dots) & ((UINT32_C(1) << length) - 1);
    /* One digit, a point, digits, "e-", digits: the way most programs write a small number. */
    uint32_t later = others & (others - 1);
    size_t e = later == 0 ? 0 : lowest(later);
    if ((others & 3) == 2 && (dots & 2) != 0 && e > 2 && e + 2 < length && text[e] == 'e' &&
        text[e + 1] == '-' && later == UINT32_C(3) << e)
      return true;
  }
  return cs_unquoted_is_right(text, length, number_range);
}

static inline bool match_scalars(const cs_template *template, const char *bytes,
                                 const uint32_t *anchors) {
  const cs_template_scalar *scalar = template->scalars, *end = scalar + template->scalar_count;
  for (; scalar < end; scalar++) {
    const uint32_t *anchor = anchors + scalar->member;
    const char *value = bytes + anchor[0] + scalar->start;
    size_t length = (size_t)anchor[1] - anchor[0] + (size_t)scalar->more;
    if (!is_usual_number(value, length) && !is_scalar(value, length, template->number_range))
      return false;
  }
  return true;
}

/* The literals behind the first member's name, which the row before proved, or `match` did. */
static inline bool match_row(const cs_template *template, const char *bytes,
                             const uint32_t *anchors) {
  const char *const base = bytes + template->offset;
  const cs_check *check = template->checks;
  literal difference = no_difference();
  size_t members = template->members, i = 1;
  for (; i + 4 <= members; i += 4) {
    difference = differ(difference, base + anchors[i], check + i);
    difference = differ(difference, base + anchors[i + 1], check + i + 1);
    difference = differ(difference, base + anchors[i + 2], check + i + 2);
    difference = differ(difference, base + anchors[i + 3], check + i + 3);
    /* A row of another shape shows soon. */
    if (i == 1 && is_different(difference))
      return false;
  }
  for (; i <= members; i++)
    difference = differ(difference, base + anchors[i], check + i);
  for (uint32_t k = 0; k < template->rest_count; k++) {
    const cs_rest *rest = &template->rests[k];
    difference = differ(difference, bytes + anchors[rest->anchor] + rest->offset, &rest->check);
  }
  return !is_different(difference) && match_scalars(template, bytes, anchors);
}

static size_t match_rows(const cs_template *template, const char *bytes, const uint32_t *anchors,
                         cs_matching *matching, size_t most) {
  const size_t members = template->members;
  size_t rows = 0;
  for (const uint32_t *row = anchors; rows < most; rows++, row += members) {
    const uint32_t apart = row[members] - *row;
    if (row[members] >= matching->to || apart > matching->apart ||
        !match_row(template, bytes, row))
      break;
    cs_fetch_ahead(matching, apart);
  }
  return rows;
}

static size_t match(const cs_template *template, const cs_index *index, const char *bytes,
                    const uint32_t *anchors, cs_matching *matching) {
  const char *const first = bytes + template->offset + *anchors;
  if (is_different(differ(no_difference(), first, template->checks)))
    return 0;
  for (size_t most = matching->rows, rows;; most = 1) {
    rows = match_rows(template, bytes, anchors, matching, most);
    /* No row has fewer quotes than its literals: so none has more when the sum is right. */
    uint32_t before = quotes_before(index, anchors[rows * template->members]);
    if (before - matching->quotes == template->quotes * (uint32_t)rows) {
      matching->quotes = before;
      return rows;
    }
    if (rows <= 1)
      return 0;
  }
}

#include "kernel_digest.h"
#include "kernel_trail.h"

const cs_kernel KERNEL = {KERNEL_NAME, classify, copy, quotes_before, match, follow, digest};
