/* The poller of Linux: its own descriptor can be waited for in a host's event loop. */
#include "poller.h"

#ifdef CS_POLLER_EPOLL

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BATCH 64

struct cs_poller {
  int epoll;
  int alert; /* always readable, and watched only during an alert */
  bool alerted;
};

cs_poller *cs_poller_new(void) {
  cs_poller *poller = malloc(sizeof *poller);
  if (poller == NULL)
    return NULL;
  poller->alerted = false;
  poller->alert = eventfd(1, EFD_CLOEXEC);
  poller->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (poller->alert < 0 || poller->epoll < 0) {
    cs_poller_free(poller);
    return NULL;
  }
  return poller;
}

void cs_poller_free(cs_poller *poller) {
  if (poller == NULL)
    return;
  if (poller->alert >= 0)
    (void)close(poller->alert);
  if (poller->epoll >= 0)
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

bool cs_poller_alert(cs_poller *poller, bool on) {
  if (on == poller->alerted)
    return true;
  if (!cs_poller_watch(poller, poller->alert, on ? CS_POLLER_IN : 0))
    return false;
  poller->alerted = on;
  return true;
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
  int found = 0;
  for (int i = 0; i < count; i++)
    if (batch[i].data.fd != poller->alert)
      events[found++] = translate(&batch[i]);
  return found;
}

#else
typedef int cs_poller_epoll_is_not_used; /* ISO C forbids an empty file */
#endif
