/* Any bytes, in any framing: the same records, the same end or the same error at the same place,
   however the text is cut and on every kernel; and again from a frame that takes over the memory
   of the one before. */
#include "reading.h"

/* Each kernel has it in another way, and the next input in yet another. */
static void reads_alike(reading *how, const text *bytes, const cutting *cut, size_t way,
                        const text *expected) {
  const cutting *const ways[] = {cut, &whole_appended, &whole_committed};
  for (size_t k = 0; k < COUNT(kernel_names); k++) {
    const cs_kernel *const kernel = cs_kernel_named(kernel_names[k]);
    const size_t times = way % 16 == 0 ? 2 : 1;
    cs_frame *frame = NULL;
    how->options.kernel = kernel;
    for (size_t i = 0; kernel != NULL && i < times; i++)
      assert_noted(
          bytes, expected,
          read_with(how, &frame, bytes, ways[(way + k + i) % COUNT(ways)], note_text, NULL),
          kernel);
    cs_frame_free(frame);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  input from = {bytes, bytes + length};
  reading how = take_reading(&from);
  const cutting cut = take_cutting(&from);
  const size_t way = take_byte(&from);
  text content = take_text(&from);
  how.options.kernel = cs_kernel_named("plain");
  text expected = read_text(&how, &content, &byte_by_byte, note_text, NULL);
  reads_alike(&how, &content, &cut, way, &expected);
  text_free(&expected);
  text_free(&content);
  return 0;
}
