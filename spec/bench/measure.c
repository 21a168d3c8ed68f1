// measure REPORT [--watch] COMMAND...: runs it and writes into the file REPORT
//   seconds of wall clock, seconds of CPU, peak resident bytes, peak anonymous bytes
// The last is 0 without --watch, which looks every two milliseconds.
//
// A program of its own, since a child's peak counts what its parent had before it became another
// program: this one has next to nothing.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double seconds(struct timeval time) {
  return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

// The anonymous bytes of a process; 0 once it has ended.
static long anonymous_of(pid_t pid) {
  char line[128];
  snprintf(line, sizeof line, "/proc/%d/status", (int)pid);
  FILE *file = fopen(line, "r");
  if (!file) {
    return 0;
  }
  long kilobytes = 0;
  while (fgets(line, sizeof line, file)) {
    if (sscanf(line, "RssAnon: %ld", &kilobytes) == 1) {
      break;
    }
  }
  fclose(file);
  return kilobytes * 1024;
}

static int wait_for(pid_t pid, int watch, struct rusage *usage, long *anonymous) {
  const struct timespec pause = {0, 2000000};
  int status = 0;
  while (watch && wait4(pid, &status, WNOHANG, usage) == 0) {
    const long seen = anonymous_of(pid);
    *anonymous = seen > *anonymous ? seen : *anonymous;
    nanosleep(&pause, NULL);
  }
  if (!watch) {
    while (wait4(pid, &status, 0, usage) < 0 && errno == EINTR) {
    }
  }
  return status;
}

int main(int argc, char **argv) {
  const int watch = argc > 2 && strcmp(argv[2], "--watch") == 0;
  if (argc < 3 + watch) {
    fputs("usage: measure REPORT [--watch] COMMAND...\n", stderr);
    return 2;
  }
  const double start = now();
  const pid_t pid = fork();
  if (pid < 0) {
    perror("measure: fork");
    return 2;
  }
  if (pid == 0) {
    execvp(argv[2 + watch], argv + 2 + watch);
    perror(argv[2 + watch]);
    _exit(127);
  }
  struct rusage usage;
  long anonymous = 0;
  const int status = wait_for(pid, watch, &usage, &anonymous);
  const double wall = now() - start;
  FILE *report = fopen(argv[1], "w");
  if (!report) {
    perror(argv[1]);
    return 2;
  }
  fprintf(report, "%.6f %.6f %ld %ld\n", wall, seconds(usage.ru_utime) + seconds(usage.ru_stime),
          usage.ru_maxrss * 1024, anonymous);
  fclose(report);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
