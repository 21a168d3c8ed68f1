#include "file.h"

#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* Does a read wait for nobody but the disk? */
static bool is_regular(FILE *file) {
  struct stat status;
  return fstat(fileno(file), &status) != 0 || S_ISREG(status.st_mode) ||
         S_ISBLK(status.st_mode) || S_ISDIR(status.st_mode);
}

/* How many bytes can be read without waiting, beside those that stdio holds already. */
static size_t count_there(FILE *file) {
  int count = 0;
  return ioctl(fileno(file), FIONREAD, &count) == 0 && count > 0 ? (size_t)count : 0;
}

static bool may_end_row(int byte) {
  return byte == '\n' || byte == '}' || byte == ']' || byte == ',';
}

/* Nothing tells how much stdio holds, so that all but the first of these bytes might be waited
   for: none behind what may be a row's last. */
static size_t read_piece(FILE *file, char *room, size_t most) {
  size_t length = 0;
  int byte = 0;
  while (length < most && !may_end_row(byte)) {
    byte = getc(file);
    if (byte == EOF)
      break;
    room[length++] = (char)byte;
  }
  return length;
}

size_t cs_file_read(FILE *file, char *room, size_t most) {
  if (is_regular(file))
    return fread(room, 1, most, file);
  size_t there = count_there(file);
  if (there == 0)
    return read_piece(file, room, most);
  return fread(room, 1, there < most ? there : most, file);
}
