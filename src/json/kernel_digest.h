/* The lanes of a record's digest: a part of kernel_body.h. As in XXH3 by Yann Collet, each half
   of a word is multiplied with the other one, and the word itself goes to its neighbour, so that
   none is lost where a half is zero. The keys change from block to block, so that no two blocks
   may change places. */
static void digest(uint64_t *out, const char *bytes, size_t length) {
  const char *const last = bytes + length - CS_BLOCK;
  lanes l = lanes_with(cs_digest_keys);
  for (; bytes < last; bytes += CS_BLOCK)
    l = add_words(l, bytes);
  store_sums(out, add_words(l, last));
}
