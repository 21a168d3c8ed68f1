/* A moment that a loop wakes up for. */
#ifndef CS_HTTP_TIMER_H
#define CS_HTTP_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "loop.h"

typedef struct cs_timer cs_timer;

/* One that passes after so many milliseconds (CS_NEVER: never); those who wait for the loop wake
   then. The loop must be usable. NULL when memory ran out. */
cs_timer *cs_timer_new(cs_loop *loop, int64_t milliseconds);

/* At any moment; NULL is allowed. */
void cs_timer_free(cs_timer *timer);

/* True once its time has come, and from then on: who was told so is not woken for it. Also when
   its loop is gone, or broken, or the parent's after fork: nobody would be woken any more. */
bool cs_timer_passed(cs_timer *timer);

#endif
