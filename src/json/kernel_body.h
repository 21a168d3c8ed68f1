/* The algorithm of all kernels. The file that includes it has defined what hides the instruction
   set:

     block                 64 bytes in registers
     load_block(p)         -> block
     equal(block, byte)    -> bit i: byte i is that byte
     beyond(block)         -> bit i: byte i is below 0x20 or above 0x7F
     high(block)           -> bit i: byte i is above 0x7F
     is_rare(block)        -> does any byte need a look: one beyond, or a backslash?
     prefix_xor(bits)      -> bit i: the parity of bits 0 to i
     count_bits(bits)
     lowest(bits)          -> number of the lowest bit, which must be there
     literal, no_difference(), differ(l, p, check) -> l and the difference of 32 bytes at p
     is_different(l)
     non_digits(p)         -> bit i: byte i of 32 is no digit
     put_positions(out, base, bits): writes base + the number of each bit; may write 16 more

   and KERNEL, the name of the cs_kernel. */
#include <string.h>

#include "kernel.h"
#include "unquoted.h"

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

/* Checks the characters of several bytes in a block, whose bytes are those of `rest`. */
static bool utf8_is_right(cs_block_carry *carry, const char *bytes, uint64_t rest) {
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

/* Of a block with rare bytes: takes the escaped quotes away; true when it is to be marked. */
static bool look_closer(cs_block_carry *carry, const char *bytes, block b, uint64_t *quotes) {
  uint64_t backslashes = equal(b, '\\');
  bool marked = backslashes != 0 || carry->escaped != 0;
  if (marked)
    *quotes &= ~escaped_by(backslashes, &carry->escaped);
  uint64_t beyond_bits = beyond(b);
  uint64_t strings = prefix_xor(*quotes) ^ carry->in_string;
  uint64_t high_bits = high(b);
  uint64_t control = beyond_bits & ~high_bits;
  /* A byte beyond ASCII outside of strings is found there by whoever reads the structure. */
  if ((control & strings) != 0)
    marked = true;
  if ((high_bits != 0 || carry->utf8_left > 0) && !utf8_is_right(carry, bytes, high_bits))
    marked = true;
  return marked;
}

static void classify(cs_index *index, const char *bytes, size_t first, size_t last) {
  cs_block_carry carry = index->carry;
  uint32_t *anchors = index->anchors + index->anchors_end;
  uint32_t *marks = index->marks + index->marks_end;
  for (size_t i = first; i < last; i++) {
    const char *at = bytes + (i - first) * CS_BLOCK;
    __builtin_prefetch(at + 4096);
    block b = load_block(at);
    uint64_t quotes = equal(b, '"');
    if (is_rare(b) || (carry.escaped | carry.utf8_left) != 0) {
      if (look_closer(&carry, at, b, &quotes))
        *marks++ = (uint32_t)i;
    }
    uint64_t strings = prefix_xor(quotes) ^ carry.in_string;
    uint64_t closing = quotes & ~strings;
    uint64_t names = equal(b, ':') & (closing << 1 | carry.closed);
    index->quotes[i] = quotes;
    index->before[i] = (uint32_t)carry.quotes;
    carry.in_string = (uint64_t)((int64_t)strings >> 63);
    carry.closed = closing >> 63;
    carry.quotes += count_bits(quotes);
    put_positions(anchors, (uint32_t)(i * CS_BLOCK), names);
    anchors += count_bits(names);
  }
  index->carry = carry;
  index->anchors_end = (size_t)(anchors - index->anchors);
  index->marks_end = (size_t)(marks - index->marks);
}

static inline uint32_t quotes_before(const cs_index *index, uint32_t at) {
  uint64_t below = (UINT64_C(1) << at % CS_BLOCK) - 1;
  return index->before[at / CS_BLOCK] +
         (uint32_t)count_bits(index->quotes[at / CS_BLOCK] & below);
}

/* The usual numbers: digits, perhaps a point among them, perhaps a minus before. */
static inline bool is_usual_number(const char *text, size_t length) {
  if (length - 1 >= 31)
    return false;
  uint32_t others = non_digits(text) & ((UINT32_C(1) << length) - 1);
  size_t digits = text[0] == '-';
  others &= ~(uint32_t)digits;
  size_t whole = others == 0 ? length : lowest(others);
  if (whole == digits || (text[digits] == '0' && whole != digits + 1))
    return false;
  return others == 0 ||
         ((others & (others - 1)) == 0 && text[whole] == '.' && whole + 1 < length);
}

static bool match(const cs_template *template, const cs_index *index, const char *bytes,
                  const uint32_t *anchors) {
  literal difference = no_difference();
  uint32_t members = template->members;
  for (uint32_t i = 0; i <= members; i++)
    difference =
        differ(difference, bytes + anchors[i] + template->offsets[i], &template->checks[i]);
  for (uint32_t i = members + 1; i < template->check_count; i++)
    difference = differ(difference, bytes + anchors[template->anchors[i]] + template->offsets[i],
                        &template->checks[i]);
  if (is_different(difference))
    return false;
  uint32_t quotes = quotes_before(index, anchors[members]) - quotes_before(index, anchors[0]);
  if (quotes != template->quotes)
    return false;
  for (uint32_t i = 0; i < template->scalar_count; i++) {
    uint32_t member = template->scalars[i];
    const cs_slot *slot = &template->slots[member];
    const char *value = bytes + anchors[member] + slot->start;
    size_t length = (size_t)(bytes + anchors[member + 1] + slot->end - value);
    if (!is_usual_number(value, length) &&
        !cs_unquoted_is_right(value, length, template->number_range))
      return false;
  }
  return true;
}

const cs_kernel KERNEL = {KERNEL_NAME, classify, match};
