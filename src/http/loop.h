/* One loop over a curl multi handle: drives any number of transfers in one thread. */
#ifndef CS_HTTP_LOOP_H
#define CS_HTTP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

typedef struct cs_loop cs_loop;

/* NULL when memory or file descriptors ran out. */
cs_loop *cs_loop_new(void);

/* Ends every transfer that is still under way (it then fails as cancelled) and frees the loop.
   Transfers stay valid until cs_transfer_free. NULL is allowed. */
void cs_loop_free(cs_loop *loop);

/* False once the loop broke, or in the child of a fork: then it can only be freed. */
bool cs_loop_usable(const cs_loop *loop);

/* Reads some of the certificates in `file`, or of the system's (NULL), which connections are to
   trust; true when all of them have been, or libcurl is to do it. Where it is not called until
   then, libcurl does it as well, all at once and for each connection. */
bool cs_loop_read_trusted(cs_loop *loop, const char *file);

/* Does all work that is ready and returns at once. False when the loop itself broke. */
bool cs_loop_step(cs_loop *loop);

/* How often something has come so far that a step had to see to: an event of a socket's, or a
   time of libcurl's. */
uint64_t cs_loop_activity(const cs_loop *loop);

/* Milliseconds until cs_loop_step has work without any event on the descriptor: 0 now,
   -1 never. */
int cs_loop_timeout(cs_loop *loop);

/* How many transfers are under way whose readers have asked for nothing in the last so many
   milliseconds: a reader that waits has asked once. */
int cs_loop_unattended(const cs_loop *loop, int milliseconds);

/* The one descriptor that becomes readable when cs_loop_step has work (Linux: epoll), or -1
   where the system has none. It belongs to the loop. */
int cs_loop_pollfd(cs_loop *loop);

/* Makes the descriptor readable until this is called with false, or cs_loop_wait: a host waits
   for it in another place, where something is to do. False when that cannot be done. */
bool cs_loop_alert(cs_loop *loop, bool on);

/* Blocks until there is work or `milliseconds` have passed (-1: without limit, but never
   longer than cs_loop_timeout), then does the work as cs_loop_step. Signals end the wait early.
 */
bool cs_loop_wait(cs_loop *loop, int milliseconds);

#endif
