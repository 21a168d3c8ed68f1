/* The sockets that libcurl has open. libcurl asks a connection that it kept without looking
   whether it has said something meanwhile, and would take that for the answer. */
#ifndef CS_HTTP_SOCKETS_H
#define CS_HTTP_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cs_sockets {
  int *fds;
  size_t count;
  size_t capacity;
} cs_sockets;

bool cs_sockets_add(cs_sockets *sockets, int fd);
void cs_sockets_remove(cs_sockets *sockets, int fd);
void cs_sockets_free(cs_sockets *sockets);

/* True when bytes wait in the connection from a port here to an address and port there. It is
   shut then: nobody will use it again. */
bool cs_sockets_spoilt(const cs_sockets *sockets, int local_port, const char *remote,
                       int remote_port);

#endif
