/* libcurl's callbacks of one transfer. They copy bytes and set flags, nothing else. */
#ifndef CS_HTTP_RECEIVE_H
#define CS_HTTP_RECEIVE_H

#include <stddef.h>

int cs_receive_connected(void *context, char *remote, char *local, int remote_port,
                         int local_port);
size_t cs_receive_header(char *bytes, size_t size, size_t count, void *context);
size_t cs_receive_body(char *bytes, size_t size, size_t count, void *context);

#endif
