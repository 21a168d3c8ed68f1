#include "loop.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "loop_member.h"
#include "poller.h"
#include "sockets.h"
#include "trust.h"

#define EVENTS      64
#define ROUNDS      8   /* of events and timers in one step: others want their turn too */
#define STEP_US     200 /* likewise, unless one thing, as a handshake of TLS, takes longer */
#define CONNECTIONS 16L /* that are kept open for later requests */

struct cs_loop {
  CURLM *multi;
  cs_poller *poller;
  cs_sockets sockets;
  cs_trusts trusts;
  cs_loop_member *first; /* all that joined, with a handle at work or without */
  int64_t timer;         /* when libcurl wants to be called, or CS_NEVER */
  uint64_t activity;
  pid_t pid;
  bool broken;
};

/* ---- whether it can be used ---- */

bool cs_loop_is_ours(const cs_loop *loop) {
  return loop->pid == getpid();
}

const char *cs_loop_problem(const cs_loop *loop) {
  if (loop->broken)
    return "the loop has failed";
  return cs_loop_is_ours(loop) ? NULL : "a loop is not usable after fork";
}

bool cs_loop_usable(const cs_loop *loop) {
  return cs_loop_problem(loop) == NULL;
}

cs_sockets *cs_loop_sockets(cs_loop *loop) {
  return &loop->sockets;
}

cs_trusts *cs_loop_trusts(cs_loop *loop) {
  return &loop->trusts;
}

bool cs_loop_read_trusted(cs_loop *loop, const char *file) {
  return cs_trust_read(&loop->trusts, file);
}

/* ---- members ---- */

void cs_loop_join(cs_loop *loop, cs_loop_member *member) {
  member->loop = loop;
  member->previous = NULL;
  member->next = loop->first;
  if (loop->first != NULL)
    loop->first->previous = member;
  loop->first = member;
}

void cs_loop_leave(cs_loop_member *member) {
  if (member->loop == NULL)
    return;
  cs_loop_stop(member);
  if (member->next != NULL)
    member->next->previous = member->previous;
  if (member->previous != NULL)
    member->previous->next = member->next;
  else
    member->loop->first = member->next;
  member->loop = NULL;
  member->next = NULL;
  member->previous = NULL;
}

CURLMcode cs_loop_work(cs_loop_member *member, CURL *easy) {
  (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, (void *)member);
  CURLMcode code = curl_multi_add_handle(member->loop->multi, easy);
  if (code == CURLM_OK)
    member->easy = easy;
  return code;
}

bool cs_loop_restart(cs_loop_member *member) {
  CURL *easy = member->easy;
  cs_loop_stop(member);
  return cs_loop_work(member, easy) == CURLM_OK;
}

void cs_loop_stop(cs_loop_member *member) {
  if (member->easy != NULL && cs_loop_is_ours(member->loop))
    (void)curl_multi_remove_handle(member->loop->multi, member->easy);
  member->easy = NULL;
}

/* ---- what libcurl wants to wait for ---- */

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *data) {
  (void)easy, (void)data;
  cs_loop *loop = context;
  unsigned wanted = 0;
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
    wanted |= CS_POLLER_IN;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
    wanted |= CS_POLLER_OUT;
  return cs_poller_watch(loop->poller, fd, wanted) ? 0 : -1;
}

static int keep_timer(CURLM *multi, long milliseconds, void *context) {
  (void)multi;
  cs_loop *loop = context;
  loop->timer = milliseconds < 0 ? CS_NEVER : cs_clock_after(milliseconds);
  return 0;
}

/* ---- life ---- */

static bool prepare(cs_loop *loop) {
  loop->poller = cs_poller_new();
  loop->multi = curl_multi_init();
  if (loop->poller == NULL || loop->multi == NULL)
    return false;
  CURLM *multi = loop->multi;
  return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket) == CURLM_OK &&
         curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, (void *)loop) == CURLM_OK &&
         curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, keep_timer) == CURLM_OK &&
         curl_multi_setopt(multi, CURLMOPT_TIMERDATA, (void *)loop) == CURLM_OK &&
         curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, CONNECTIONS) == CURLM_OK;
}

cs_loop *cs_loop_new(void) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return NULL;
  cs_loop *loop = calloc(1, sizeof *loop);
  if (loop == NULL) {
    curl_global_cleanup();
    return NULL;
  }
  loop->pid = getpid();
  loop->timer = CS_NEVER;
  if (!prepare(loop)) {
    cs_loop_free(loop);
    return NULL;
  }
  return loop;
}

void cs_loop_free(cs_loop *loop) {
  if (loop == NULL)
    return;
  while (loop->first != NULL) {
    cs_loop_member *member = loop->first;
    member->calls->orphan(member->context);
    cs_loop_leave(member);
  }
  if (cs_loop_is_ours(loop)) {
    if (loop->multi != NULL)
      (void)curl_multi_cleanup(loop->multi); /* still calls watch_socket */
    curl_global_cleanup();
  }
  cs_poller_free(loop->poller);
  cs_sockets_free(&loop->sockets);
  cs_trusts_free(&loop->trusts);
  free(loop);
}

/* ---- work ---- */

static void check(cs_loop *loop, CURLMcode code) {
  if (code != CURLM_OK)
    loop->broken = true;
}

static void handle_event(cs_loop *loop, const cs_poller_event *event) {
  loop->activity++;
  int what = 0;
  if (event->what & CS_POLLER_IN)
    what |= CURL_CSELECT_IN;
  if (event->what & CS_POLLER_OUT)
    what |= CURL_CSELECT_OUT;
  if (event->what & CS_POLLER_ERROR)
    what |= CURL_CSELECT_ERR;
  int running = 0;
  check(loop, curl_multi_socket_action(loop->multi, event->fd, what, &running));
}

/* True when there was one. Those that there is no time for are still there the next time, behind
   others. */
static bool handle_events(cs_loop *loop, const cs_poller_event *events, int count, int64_t end) {
  if (count < 0)
    loop->broken = true;
  for (int i = 0; i < count && !loop->broken && (i == 0 || cs_clock_us() < end); i++)
    handle_event(loop, &events[i]);
  return count > 0;
}

/* True when it was time. */
static bool handle_timer(cs_loop *loop) {
  if (loop->broken || cs_clock_ms() < loop->timer)
    return false;
  loop->activity++;
  loop->timer = CS_NEVER; /* libcurl sets it anew where it wants to be called again */
  int running = 0;
  check(loop, curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running));
  return true;
}

static void collect_finished(cs_loop *loop) {
  int left = 0;
  const CURLMsg *message = curl_multi_info_read(loop->multi, &left);
  while (message != NULL) {
    CURLcode code = message->data.result; /* gone with the handle's removal */
    char *known = NULL;                   /* as what cs_loop_work said */
    (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &known);
    const cs_loop_member *member = (void *)known;
    member->calls->finished(member->context, code);
    message = curl_multi_info_read(loop->multi, &left);
  }
}

static void settle_all(cs_loop *loop) {
  int64_t now = cs_clock_ms();
  for (cs_loop_member *m = loop->first; m != NULL; m = m->next)
    m->calls->settle(m->context, now);
}

static void abort_all(cs_loop *loop) {
  for (cs_loop_member *m = loop->first; m != NULL; m = m->next)
    m->calls->abort(m->context, CS_HTTP_MEMORY, "the loop failed: out of memory or descriptors");
}

static bool work(cs_loop *loop, int milliseconds) {
  cs_poller_event events[EVENTS];
  bool busy = true;
  int64_t end = CS_NEVER;
  for (int round = 0; busy && round < ROUNDS && !loop->broken; round++) {
    int count = cs_poller_wait(loop->poller, round == 0 ? milliseconds : 0, events, EVENTS);
    if (round == 0)
      end = cs_clock_us() + STEP_US;
    busy = handle_events(loop, events, count, end);
    busy = handle_timer(loop) || busy;
    busy = busy && cs_clock_us() < end;
    collect_finished(loop);
  }
  /* Time is looked at last: what came while the caller was away is not late. */
  if (loop->broken)
    abort_all(loop);
  else
    settle_all(loop);
  return !loop->broken;
}

bool cs_loop_step(cs_loop *loop) {
  return cs_loop_usable(loop) && work(loop, 0);
}

uint64_t cs_loop_activity(const cs_loop *loop) {
  return loop->activity;
}

int cs_loop_timeout(cs_loop *loop) {
  if (!cs_loop_usable(loop))
    return 0;
  int64_t next = loop->timer;
  for (const cs_loop_member *m = loop->first; m != NULL; m = m->next) {
    int64_t deadline = m->calls->deadline(m->context);
    next = deadline < next ? deadline : next;
  }
  if (next == CS_NEVER)
    return -1;
  /* The clock was rounded down, so what is left is rounded up: whoever waits so long never wakes
     a moment too early, to find nothing to do and to wait again for 0 ms. */
  int64_t left = next - cs_clock_ms();
  if (left <= 0)
    return 0;
  return left < INT_MAX ? (int)left : INT_MAX;
}

int cs_loop_unattended(const cs_loop *loop, int milliseconds) {
  int64_t before = cs_clock_ms() - milliseconds;
  int count = 0;
  for (const cs_loop_member *m = loop->first; m != NULL; m = m->next)
    count += m->calls->unattended != NULL && m->calls->unattended(m->context, before);
  return count;
}

int cs_loop_pollfd(cs_loop *loop) {
  return cs_loop_is_ours(loop) ? cs_poller_fd(loop->poller) : -1;
}

bool cs_loop_alert(cs_loop *loop, bool on) {
  return cs_loop_usable(loop) && cs_poller_alert(loop->poller, on);
}

bool cs_loop_wait(cs_loop *loop, int milliseconds) {
  if (!cs_loop_usable(loop))
    return false;
  int limit = cs_loop_timeout(loop);
  if (limit < 0 || (milliseconds >= 0 && milliseconds < limit))
    limit = milliseconds;
  (void)cs_poller_alert(loop->poller, false);
  return work(loop, limit < 0 ? -1 : limit);
}
