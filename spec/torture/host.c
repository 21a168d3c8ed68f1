/* A program with several Lua states of its own, in one thread or in many, that closes them at
   awkward moments: host CASE ROUNDS. What the states do is in host_states.lua. It exits with 0
   when all was well and no descriptor is left open. */
#include <dirent.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

enum { THREADS = 4 };

static long rounds;

static void fail(const char *what, const char *why) {
  (void)fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

static lua_State *open_state(void) {
  lua_State *L = luaL_newstate();
  if (L == NULL)
    fail("a state", "not enough memory");
  luaL_openlibs(L);
  if (luaL_dofile(L, "spec/torture/host_states.lua"))
    fail("host_states.lua", lua_tostring(L, -1));
  lua_setglobal(L, "states");
  return L;
}

/* Calls one of the functions there, which must give true. */
static void call(lua_State *L, const char *function) {
  lua_getglobal(L, "states");
  lua_getfield(L, -1, function);
  if (lua_pcall(L, 0, 1, 0) != 0)
    fail(function, lua_tostring(L, -1));
  if (!lua_toboolean(L, -1))
    fail(function, "a wrong result");
  lua_pop(L, 2);
}

/* Two states whose streams are under way; one is closed, the other goes on. */
static void close_one(bool first) {
  lua_State *states[] = {open_state(), open_state()};
  call(states[0], "begin");
  call(states[1], "begin");
  lua_close(states[first ? 0 : 1]);
  call(states[first ? 1 : 0], "go_on");
  call(states[first ? 1 : 0], "begin");
  lua_close(states[first ? 1 : 0]);
}

static void close_first(void) {
  close_one(true);
}

static void close_second(void) {
  close_one(false);
}

static void close_during(const char *function) {
  lua_State *L = open_state();
  call(L, function);
  lua_close(L);
}

static void close_suspended_tasks(void) {
  close_during("suspend_tasks");
}

static void close_suspended_retry(void) {
  close_during("suspend_retry");
}

static void leave_coroutines(void) {
  close_during("leave_coroutines");
}

static void *live(void *unused) {
  (void)unused;
  for (long round = 0; round < rounds; round++) {
    lua_State *L = open_state();
    call(L, "read_all");
    call(L, "begin");
    call(L, round % 2 == 0 ? "suspend_tasks" : "leave_coroutines");
    lua_close(L);
  }
  return NULL;
}

static void live_in_threads(void) {
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++)
    if (pthread_create(&threads[i], NULL, live, NULL) != 0)
      fail("a thread", "cannot be made");
  for (int i = 0; i < THREADS; i++)
    (void)pthread_join(threads[i], NULL);
}

static int open_descriptors(void) {
  DIR *directory = opendir("/proc/self/fd");
  int count = 0;
  while (directory != NULL && readdir(directory) != NULL)
    count++;
  if (directory != NULL)
    (void)closedir(directory);
  return count;
}

int main(int count, char **arguments) {
  static const struct {
    const char *name;
    void (*run)(void);
  } cases[] = {
      {"close_first", close_first},
      {"close_second", close_second},
      {"close_suspended_tasks", close_suspended_tasks},
      {"close_suspended_retry", close_suspended_retry},
      {"leave_coroutines", leave_coroutines},
      {"live_in_threads", live_in_threads},
  };
  rounds = count == 3 ? strtol(arguments[2], NULL, 10) : 0;
  int before = open_descriptors();
  for (size_t i = 0; rounds > 0 && i < sizeof cases / sizeof *cases; i++) {
    if (strcmp(cases[i].name, arguments[1]) != 0)
      continue;
    cases[i].run();
    if (open_descriptors() != before)
      fail(arguments[1], "descriptors are left open");
    return 0;
  }
  fail("usage", "host CASE ROUNDS");
}
