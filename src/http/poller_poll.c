/* The poller of every other system. It has no descriptor of its own. */
#include "poller.h"

#ifndef CS_POLLER_EPOLL

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>

struct cs_poller {
  struct pollfd *watched;
  size_t count;
  size_t capacity;
  size_t turn; /* where the search for ready sockets starts: all get their turn */
};

cs_poller *cs_poller_new(void) {
  return calloc(1, sizeof(cs_poller));
}

void cs_poller_free(cs_poller *poller) {
  if (poller == NULL)
    return;
  free(poller->watched);
  free(poller);
}

int cs_poller_fd(const cs_poller *poller) {
  (void)poller;
  return -1;
}

static struct pollfd *find(cs_poller *poller, int fd) {
  for (size_t i = 0; i < poller->count; i++)
    if (poller->watched[i].fd == fd)
      return &poller->watched[i];
  return NULL;
}

static struct pollfd *append(cs_poller *poller) {
  if (poller->count == poller->capacity) {
    size_t capacity = poller->capacity == 0 ? 8 : poller->capacity;
    if (capacity > SIZE_MAX / 2 / sizeof *poller->watched)
      return NULL;
    capacity *= 2;
    struct pollfd *watched = realloc(poller->watched, capacity * sizeof *watched);
    if (watched == NULL)
      return NULL;
    poller->watched = watched;
    poller->capacity = capacity;
  }
  return &poller->watched[poller->count++];
}

bool cs_poller_watch(cs_poller *poller, int fd, unsigned what) {
  struct pollfd *entry = find(poller, fd);
  if (what == 0) {
    if (entry != NULL)
      *entry = poller->watched[--poller->count];
    return true;
  }
  if (entry == NULL)
    entry = append(poller);
  if (entry == NULL)
    return false;
  entry->fd = fd;
  entry->revents = 0;
  entry->events = 0;
  if (what & CS_POLLER_IN)
    entry->events = POLLIN;
  if (what & CS_POLLER_OUT)
    entry->events = (short)(entry->events | POLLOUT);
  return true;
}

bool cs_poller_alert(cs_poller *poller, bool on) {
  (void)poller, (void)on; /* nobody waits for a descriptor */
  return true;
}

static unsigned translate(short revents) {
  unsigned what = 0;
  if (revents & POLLIN)
    what |= CS_POLLER_IN;
  if (revents & POLLOUT)
    what |= CS_POLLER_OUT;
  if (revents & (POLLERR | POLLHUP | POLLNVAL))
    what |= CS_POLLER_ERROR;
  return what;
}

int cs_poller_wait(cs_poller *poller, int milliseconds, cs_poller_event *events, int capacity) {
  int ready = poll(poller->watched, (nfds_t)poller->count, milliseconds);
  if (ready < 0)
    return errno == EINTR ? 0 : -1;
  int found = 0;
  size_t start = poller->turn;
  for (size_t i = 0; i < poller->count && found < ready && found < capacity; i++) {
    size_t at = (start + i) % poller->count;
    const struct pollfd *entry = &poller->watched[at];
    if (entry->revents == 0)
      continue;
    events[found].fd = entry->fd;
    events[found].what = translate(entry->revents);
    found++;
    poller->turn = at + 1;
  }
  return found;
}

#else
typedef int cs_poller_poll_is_not_used; /* ISO C forbids an empty file */
#endif
