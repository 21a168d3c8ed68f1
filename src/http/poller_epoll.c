/* The poller of Linux: its own descriptor can be waited for in a host's event loop. */
#include "poller.h"

#ifdef CS_POLLER_EPOLL

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BATCH 64

struct cs_poller {
  int epoll;
};

cs_poller *cs_poller_new(void) {
  cs_poller *poller = malloc(sizeof *poller);
  if (poller == NULL)
    return NULL;
  poller->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (poller->epoll < 0) {
    free(poller);
    return NULL;
  }
  return poller;
}

void cs_poller_free(cs_poller *poller) {
  if (poller == NULL)
    return;
  (void)close(poller->epoll);
  free(poller);
}

int cs_poller_fd(const cs_poller *poller) {
  return poller->epoll;
}

bool cs_poller_watch(cs_poller *poller, int fd, unsigned what) {
  struct epoll_event event = {0};
  if (what == 0) {
    /* Not "modify to nothing": a hang-up would then still be reported, without end. */
    (void)epoll_ctl(poller->epoll, EPOLL_CTL_DEL, fd, &event);
    return true;
  }
  event.data.fd = fd;
  if (what & CS_POLLER_IN)
    event.events |= EPOLLIN;
  if (what & CS_POLLER_OUT)
    event.events |= EPOLLOUT;
  if (epoll_ctl(poller->epoll, EPOLL_CTL_ADD, fd, &event) == 0)
    return true;
  return errno == EEXIST && epoll_ctl(poller->epoll, EPOLL_CTL_MOD, fd, &event) == 0;
}

static cs_poller_event translate(const struct epoll_event *from) {
  cs_poller_event event = {.fd = from->data.fd, .what = 0};
  if (from->events & EPOLLIN)
    event.what |= CS_POLLER_IN;
  if (from->events & EPOLLOUT)
    event.what |= CS_POLLER_OUT;
  if (from->events & (EPOLLERR | EPOLLHUP))
    event.what |= CS_POLLER_ERROR;
  return event;
}

int cs_poller_wait(cs_poller *poller, int milliseconds, cs_poller_event *events, int capacity) {
  struct epoll_event batch[BATCH];
  int count = epoll_wait(poller->epoll, batch, capacity < BATCH ? capacity : BATCH, milliseconds);
  if (count < 0)
    return errno == EINTR ? 0 : -1;
  for (int i = 0; i < count; i++)
    events[i] = translate(&batch[i]);
  return count;
}

#else
typedef int cs_poller_epoll_is_not_used; /* ISO C forbids an empty file */
#endif
