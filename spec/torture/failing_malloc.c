/* To be preloaded: memory that runs out when it is told to, and knows whose blocks are alive.

   Only calls that come from costream, libcurl, zlib and Lua itself are counted, made to fail and
   followed. The C library's and OpenSSL's own are left alone: what those do without memory is
   not costream's to decide, and some of it is to abort.

   A Lua script reaches it by package.loadlib. It uses but three functions of Lua's, which are the
   same in each version. */
#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>

#define EXPORT __attribute__((visibility("default")))
#define CALLER ((uintptr_t)__builtin_return_address(0))

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void __libc_free(void *memory);

/* ---- whose calls ---- */

typedef enum owner {
  NOBODY, /* whom this is not about */
  LUA,    /* the program: its allocator knows what is alive better than this */
  PARTS   /* core.so, libcurl, zlib: what they leave behind is a leak */
} owner;

typedef struct range {
  uintptr_t first;
  uintptr_t end;
  owner owner;
} range;

enum { RANGES = 64 };

static range ranges[RANGES];
static size_t range_count;

static owner owner_of_object(const char *name) {
  static const char *const parts[] = {"/core.so", "/libcurl", "/libz.so", "/libnghttp2"};
  if (*name == '\0')
    return LUA;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strstr(name, parts[i]) != NULL)
      return PARTS;
  return NOBODY;
}

static int add_object(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size, (void)context;
  owner whose = owner_of_object(object->dlpi_name);
  for (size_t i = 0; whose != NOBODY && i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &object->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0 || range_count == RANGES)
      continue;
    uintptr_t first = object->dlpi_addr + part->p_vaddr;
    ranges[range_count++] = (range){first, first + part->p_memsz, whose};
  }
  return 0;
}

static owner owner_of(uintptr_t caller) {
  for (size_t i = 0; i < range_count; i++)
    if (caller >= ranges[i].first && caller < ranges[i].end)
      return ranges[i].owner;
  return NOBODY;
}

/* ---- which calls fail ---- */

static bool armed;
static long calls;         /* since it was armed */
static long first_to_fail; /* 0: none */
static long last_to_fail;
static long failed;

static bool fails(owner whose) {
  if (!armed || whose == NOBODY)
    return false;
  calls++;
  if (calls < first_to_fail || calls > last_to_fail)
    return false;
  failed++;
  errno = ENOMEM;
  return true;
}

/* ---- what is alive ---- */

enum { SLOTS = 1 << 16 };

static void *alive[SLOTS]; /* open addressing */
static size_t alive_count;
static bool overflown;
static atomic_flag lock = ATOMIC_FLAG_INIT; /* libcurl resolves names in a thread */

static size_t slot_of(const void *block) {
  uintptr_t mixed = (uintptr_t)block * UINT64_C(0x9E3779B97F4A7C15);
  size_t slot = mixed >> 48;
  while (alive[slot] != NULL && alive[slot] != block)
    slot = (slot + 1) % SLOTS;
  return slot;
}

static void remember(void *block) {
  if (alive_count >= SLOTS / 2) {
    overflown = true;
    return;
  }
  alive[slot_of(block)] = block;
  alive_count++;
}

static void forget(const void *block) {
  size_t slot = slot_of(block);
  if (alive[slot] == NULL)
    return;
  alive[slot] = NULL;
  alive_count--;
  for (slot = (slot + 1) % SLOTS; alive[slot] != NULL; slot = (slot + 1) % SLOTS) {
    void *moved = alive[slot];
    alive[slot] = NULL;
    alive[slot_of(moved)] = moved;
  }
}

static void follow(owner whose, const void *before, void *after) {
  if (range_count == 0)
    return;
  while (atomic_flag_test_and_set(&lock)) {
  }
  if (before != NULL)
    forget(before);
  if (after != NULL && whose == PARTS)
    remember(after);
  atomic_flag_clear(&lock);
}

/* ---- in the place of the C library's ---- */

static void *give(owner whose, void *block) {
  follow(whose, NULL, block);
  return block;
}

EXPORT void *malloc(size_t size) {
  owner whose = owner_of(CALLER);
  return fails(whose) ? NULL : give(whose, __libc_malloc(size));
}

EXPORT void *calloc(size_t count, size_t size) {
  owner whose = owner_of(CALLER);
  return fails(whose) ? NULL : give(whose, __libc_calloc(count, size));
}

/* Lua up to 5.3 relies on it that no block fails to be made smaller, as its manual says. */
static bool shrinks(owner whose, void *old, size_t size) {
  return whose == LUA && old != NULL && size <= malloc_usable_size(old);
}

EXPORT void *realloc(void *old, size_t size) {
  owner whose = owner_of(CALLER);
  if (!shrinks(whose, old, size) && fails(whose))
    return NULL;
  follow(whose, old, NULL); /* before: another thread may be given the same address at once */
  void *block = __libc_realloc(old, size);
  follow(whose, NULL, block != NULL ? block : size > 0 ? old : NULL);
  return block;
}

EXPORT void free(void *block) {
  int code = errno;
  follow(NOBODY, block, NULL);
  __libc_free(block);
  errno = code;
}

EXPORT char *strdup(const char *text) {
  owner whose = owner_of(CALLER);
  size_t size = strlen(text) + 1;
  char *copy = fails(whose) ? NULL : give(whose, __libc_malloc(size));
  return copy == NULL ? NULL : memcpy(copy, text, size);
}

EXPORT void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset) {
  owner whose = owner_of(CALLER);
  if (fails(whose))
    return MAP_FAILED;
  void *pages = (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
  return pages == MAP_FAILED ? pages : give(whose, pages);
}

EXPORT int munmap(void *pages, size_t size) {
  follow(NOBODY, pages, NULL);
  return (int)syscall(SYS_munmap, pages, size);
}

/* ---- for the script ---- */

/* arm(first, last): calls from now on are counted, and those from `first` to `last` fail. */
EXPORT int failing_malloc_arm(lua_State *L) {
  first_to_fail = (long)luaL_checknumber(L, 1);
  last_to_fail = (long)luaL_checknumber(L, 2);
  calls = failed = 0;
  armed = true;
  return 0;
}

/* disarm() -> how many calls there were, and how many of them failed. */
EXPORT int failing_malloc_disarm(lua_State *L) {
  armed = false;
  lua_pushnumber(L, (lua_Number)calls);
  lua_pushnumber(L, (lua_Number)failed);
  return 2;
}

/* watch(): from now on the calls of all objects that are loaded are known by their owners. */
EXPORT int failing_malloc_watch(lua_State *L) {
  (void)L;
  range_count = 0;
  dl_iterate_phdr(add_object, NULL);
  return 0;
}

/* fork() -> 0 in the child. */
EXPORT int failing_malloc_fork(lua_State *L) {
  lua_pushnumber(L, fork());
  return 1;
}

/* wait(child, seconds) -> how it exited; 1000 and its signal; -1 when it had to be killed. */
EXPORT int failing_malloc_wait(lua_State *L) {
  pid_t child = (pid_t)luaL_checknumber(L, 1);
  long rounds = (long)(luaL_checknumber(L, 2) * 1000);
  const struct timespec millisecond = {.tv_nsec = 1000000};
  int status = 0;
  for (long round = 0; waitpid(child, &status, WNOHANG) == 0; round++) {
    if (round == rounds) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      lua_pushnumber(L, -1);
      return 1;
    }
    nanosleep(&millisecond, NULL);
  }
  lua_pushnumber(L, WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status));
  return 1;
}

static int open_descriptors(void) {
  DIR *directory = opendir("/proc/self/fd");
  int count = -1; /* its own */
  while (readdir(directory) != NULL)
    count++;
  closedir(directory);
  return count;
}

static int descriptors_expected; /* 0: nothing is checked */

/* exit(status): closes the state and ends the process, as os.exit(status, true) does in all Luas
   but 5.1. */
EXPORT int failing_malloc_exit(lua_State *L) {
  int status = (int)luaL_checknumber(L, 1);
  lua_close(L);
  exit(status);
}

/* check_at_exit(): what is alive of what was made since, memory and descriptors, makes the
   process exit with 4 when it ends. */
EXPORT int failing_malloc_check_at_exit(lua_State *L) {
  (void)L;
  memset(alive, 0, sizeof alive);
  alive_count = 0;
  descriptors_expected = open_descriptors();
  return 0;
}

__attribute__((destructor)) static void check_what_is_left(void) {
  if (descriptors_expected == 0)
    return;
  size_t blocks = alive_count;
  int descriptors = open_descriptors() - descriptors_expected;
  if (blocks == 0 && descriptors == 0 && !overflown)
    return;
  dprintf(1, "left behind: %zu blocks, %d descriptors%s\n", blocks, descriptors,
          overflown ? ", and more than can be counted" : "");
  for (size_t i = 0; i < SLOTS; i++)
    if (alive[i] != NULL && getenv("FAILING_MALLOC_SHOW") != NULL)
      dprintf(1, "  %p: %.40s\n", alive[i], (const char *)alive[i]);
  _exit(4);
}
