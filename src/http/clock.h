/* Milliseconds of a clock that nobody sets. */
#ifndef CS_HTTP_CLOCK_H
#define CS_HTTP_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CS_NEVER INT64_MAX

static inline int64_t cs_clock_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The same clock in microseconds, for what is shorter. */
static inline int64_t cs_clock_us(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* `after` milliseconds from `start`; a wait too long to be counted is one without end. */
static inline int64_t cs_clock_add(int64_t start, int64_t after) {
  return after > CS_NEVER - start ? CS_NEVER : start + after;
}

/* The first moment of this clock that is certainly `milliseconds` from now: the clock is rounded
   down, so one more has to go by. 0 is now. */
static inline int64_t cs_clock_after(int64_t milliseconds) {
  int64_t now = cs_clock_ms();
  return milliseconds <= 0 ? now : cs_clock_add(now + 1, milliseconds);
}

#endif
