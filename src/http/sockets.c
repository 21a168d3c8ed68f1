#include "sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

bool cs_sockets_add(cs_sockets *sockets, int fd) {
  if (sockets->count == sockets->capacity) {
    size_t capacity = sockets->capacity * 2 + 8; /* no more than there are descriptors */
    int *fds = realloc(sockets->fds, capacity * sizeof *fds);
    if (fds == NULL)
      return false;
    sockets->fds = fds;
    sockets->capacity = capacity;
  }
  sockets->fds[sockets->count++] = fd;
  return true;
}

void cs_sockets_remove(cs_sockets *sockets, int fd) {
  for (size_t i = 0; i < sockets->count; i++) {
    if (sockets->fds[i] == fd) {
      sockets->fds[i] = sockets->fds[--sockets->count];
      return;
    }
  }
}

void cs_sockets_free(cs_sockets *sockets) {
  free(sockets->fds);
  *sockets = (cs_sockets){0};
}

/* The port of an address, and its text; -1 where it has none. */
static int read_address(const struct sockaddr_storage *address, char text[INET6_ADDRSTRLEN]) {
  const void *bytes = address;
  const struct sockaddr_in *four = bytes;
  const struct sockaddr_in6 *six = bytes;
  if (address->ss_family == AF_INET)
    return inet_ntop(AF_INET, &four->sin_addr, text, INET6_ADDRSTRLEN) ? ntohs(four->sin_port)
                                                                       : -1;
  if (address->ss_family == AF_INET6)
    return inet_ntop(AF_INET6, &six->sin6_addr, text, INET6_ADDRSTRLEN) ? ntohs(six->sin6_port)
                                                                        : -1;
  return -1;
}

static bool joins(int fd, int local_port, const char *remote, int remote_port) {
  char text[INET6_ADDRSTRLEN] = "";
  struct sockaddr_storage here;
  struct sockaddr_storage there;
  socklen_t length = sizeof here;
  if (getsockname(fd, (struct sockaddr *)&here, &length) != 0 ||
      read_address(&here, text) != local_port)
    return false;
  length = sizeof there;
  return getpeername(fd, (struct sockaddr *)&there, &length) == 0 &&
         read_address(&there, text) == remote_port && strcmp(text, remote) == 0;
}

/* libcurl takes a connection for dead once it is at its end: so all that waits is read away. */
static void shut(int fd) {
  char bytes[4096];
  (void)shutdown(fd, SHUT_RDWR);
  ssize_t length = 1;
  for (int i = 0; length > 0 && i < 1024; i++)
    length = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
}

bool cs_sockets_spoilt(const cs_sockets *sockets, int local_port, const char *remote,
                       int remote_port) {
  for (size_t i = 0; i < sockets->count; i++) {
    int fd = sockets->fds[i];
    char byte = 0;
    if (!joins(fd, local_port, remote, remote_port))
      continue;
    if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
      return false;
    shut(fd);
    return true;
  }
  return false;
}
