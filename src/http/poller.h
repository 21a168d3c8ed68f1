/* Waits for many sockets at once. */
#ifndef CS_HTTP_POLLER_H
#define CS_HTTP_POLLER_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__linux__) && !defined(CS_POLLER_POLL)
#define CS_POLLER_EPOLL
#endif

typedef struct cs_poller cs_poller;

enum { CS_POLLER_IN = 1, CS_POLLER_OUT = 2, CS_POLLER_ERROR = 4 };

typedef struct cs_poller_event {
  int fd;
  unsigned what; /* CS_POLLER_IN, OUT, ERROR together */
} cs_poller_event;

/* NULL when memory or file descriptors ran out. */
cs_poller *cs_poller_new(void);
void cs_poller_free(cs_poller *poller);

/* The descriptor that is readable while an event is ready, or -1. */
int cs_poller_fd(const cs_poller *poller);

/* Watches `fd` for CS_POLLER_IN and OUT from now on; 0 forgets it. Forgetting never fails. */
bool cs_poller_watch(cs_poller *poller, int fd, unsigned what);

/* From now on the descriptor is readable, or again only while an event is ready: for whoever
   waits for it and is to look at something else. False when that cannot be done. */
bool cs_poller_alert(cs_poller *poller, bool on);

/* Waits at most `milliseconds` (-1: without limit) for up to `capacity` events, level
   triggered. Returns their number, 0 also when a signal came, or -1 when it cannot wait. */
int cs_poller_wait(cs_poller *poller, int milliseconds, cs_poller_event *events, int capacity);

#endif
