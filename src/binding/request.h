/* A request as Lua says it, for src/http. */
#ifndef CS_BINDING_REQUEST_H
#define CS_BINDING_REQUEST_H

#include <lua.h>

#include "http/transfer.h"

/* Fills `request` from the table at `index`: method, url, headers (a list of lines), body,
   user_agent, proxy, ca_file, connect, stall, total (seconds), header_bytes, ratio, http2,
   allow_http. Pushes one userdata that holds the list of headers; the strings belong to the
   table ([-0, +1]). Both must stay where they are while `request` is used. */
void cs_request_read(lua_State *L, int index, cs_request *request);

/* Adds `url_problem`, `proxy_problem` and `redirect` to the table on top of the stack ([-0, +0]).
 */
void cs_request_open(lua_State *L);

#endif
