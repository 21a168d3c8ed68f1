/* Notes which lines of lua/ run, and appends them, as FILE:LINE, to the file that the environment
   names by COSTREAM_COVERAGE when the process ends: a Lua is to load it by LUA_INIT. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

enum { FILES = 64, LINES = 2048, NAME = 64 };

typedef struct file {
  char name[NAME];
  bool ran[LINES];
} file;

/* Of the process: its end has no Lua any more. */
static file files[FILES];
static size_t file_count;

static file *file_of(const char *name) {
  for (size_t i = 0; i < file_count; i++)
    if (strcmp(files[i].name, name) == 0)
      return &files[i];
  if (file_count == FILES || strlen(name) >= NAME)
    return NULL;
  strcpy(files[file_count].name, name);
  return &files[file_count++];
}

static void note(lua_State *L, lua_Debug *event) {
  lua_getinfo(L, "S", event);
  const char *name = *event->source == '@' ? strstr(event->source, "lua/costream/") : NULL;
  file *ran = name == NULL ? NULL : file_of(name);
  if (ran != NULL && event->currentline >= 0 && event->currentline < LINES)
    ran->ran[event->currentline] = true;
}

static void write_lines(void) {
  const char *name = getenv("COSTREAM_COVERAGE");
  FILE *output = name == NULL ? NULL : fopen(name, "a");
  if (output == NULL)
    return;
  for (size_t i = 0; i < file_count; i++)
    for (int line = 0; line < LINES; line++)
      if (files[i].ran[line])
        (void)fprintf(output, "%s:%d\n", files[i].name, line);
  (void)fclose(output);
}

/* Coroutines of a coroutine with a hook begin with the same one. */
__attribute__((visibility("default"))) int coverage_begin(lua_State *L) {
  lua_sethook(L, note, LUA_MASKLINE, 0);
  return atexit(write_lines);
}
