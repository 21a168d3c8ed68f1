#include "timer.h"

#include <stdlib.h>

#include "clock.h"
#include "loop_member.h"

struct cs_timer {
  cs_loop_member member;
  int64_t due;
  bool told; /* it has woken its loop, or need not: to wake again would be a busy wait */
};

static void settle(void *context, int64_t now) {
  cs_timer *timer = context;
  timer->told = timer->told || now >= timer->due;
}

static int64_t deadline(const void *context) {
  const cs_timer *timer = context;
  return timer->told ? CS_NEVER : timer->due;
}

static void abort_wait(void *context, cs_http_error_kind kind, const char *why) {
  (void)kind, (void)why;
  cs_timer *timer = context;
  timer->told = true;
}

static void orphan(void *context) {
  cs_timer *timer = context;
  timer->told = true;
}

static const cs_loop_calls calls = {
    .settle = settle,
    .deadline = deadline,
    .abort = abort_wait,
    .orphan = orphan,
};

cs_timer *cs_timer_new(cs_loop *loop, int64_t milliseconds) {
  cs_timer *timer = calloc(1, sizeof *timer);
  if (timer == NULL)
    return NULL;
  timer->member.calls = &calls;
  timer->member.context = timer;
  timer->due = cs_clock_after(milliseconds);
  cs_loop_join(loop, &timer->member);
  return timer;
}

void cs_timer_free(cs_timer *timer) {
  if (timer == NULL)
    return;
  cs_loop_leave(&timer->member);
  free(timer);
}

bool cs_timer_passed(cs_timer *timer) {
  if (timer->member.loop == NULL || !cs_loop_usable(timer->member.loop))
    return true;
  settle(timer, cs_clock_ms());
  return timer->told;
}
