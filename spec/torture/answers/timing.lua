--- When an answer comes, how its connection ends, and what stands behind it.

local parts = require "torture.answers.parts"

local body, lines, chunk = parts.body, parts.lines, parts.chunk
local whole = parts.ok()
local half = #whole - 40

local rows = {}

local function add(name, expected)
  expected[1] = name
  rows[#rows + 1] = expected
end

-- Silence.
local function add_silence(where, ...)
  add("silence " .. where, { kind = "timeout", says = "timeout.stall", stall = true,
    answer = { ... } })
end

add_silence("before the status line", "hang")
add_silence("inside the status line", "HTTP/1.1 2", "hang")
add_silence("behind the status line", "HTTP/1.1 200 OK\r\n", "hang")
add_silence("inside a header", "HTTP/1.1 200 OK\r\nContent-", "hang")
add_silence("before the empty line", "HTTP/1.1 200 OK\r\nContent-Length: 88\r\n", "hang")
add_silence("behind a provisional answer", parts.head "HTTP/1.1 100 Continue", "hang")
add_silence("before the body", parts.head("HTTP/1.1 200 OK", "Content-Length: 88"), "hang")
add_silence("inside a row", whole:sub(1, half), "hang")
add_silence("behind a row", parts.head("HTTP/1.1 200 OK", "Content-Length: 88") .. lines[1],
  "hang")
add_silence("before the last byte", whole:sub(1, -2), "hang")
add_silence("before the end that the connection shows", parts.bare "X: y", "hang")
add_silence("inside a chunk size", parts.chunked "5", "hang")
add_silence("inside a chunk", parts.chunked("58\r\n" .. body:sub(1, 40)), "hang")
add_silence("before the last chunk", parts.chunked(chunk(body)), "hang")
add_silence("inside the trailers", parts.chunked(chunk(body) .. "0\r\nX: "), "hang")
add_silence("inside gzip", parts.head("HTTP/1.1 200 OK", "Content-Encoding: gzip",
  "Content-Length: " .. #parts.packed) .. parts.packed:sub(1, -9), "hang")

-- Drips.
add("a head of which each byte comes late", { rows = 3,
  answer = { parts.drip(parts.head("HTTP/1.1 200 OK", "Content-Length: 88"), 1, 0.004), body } })
add("an answer of which each byte comes late", { rows = 3,
  answer = { parts.drip(whole, 1, 0.003) } })
add("chunks and gzip of which each byte comes late", { rows = 3, answer = { parts.drip(
  parts.chunked(chunk(parts.packed) .. parts.last_chunk, "Content-Encoding: gzip"), 1, 0.003) } })
add("an answer that comes later than timeout.total", { kind = "timeout", says = "timeout.total",
  options = { timeout = { total = 0.3 } }, answer = { parts.drip(whole, 1, 0.01) } })
add("white space that drips for ever", { kind = "timeout", says = "timeout.total",
  options = { timeout = { total = 0.3 } },
  answer = { parts.head "HTTP/1.1 200 OK", parts.drip((" "):rep(400), 1, 0.005) } })
add("provisional answers that drip for ever", { kind = "timeout", says = "timeout.total",
  options = { timeout = { total = 0.3 } },
  answer = { parts.drip(parts.head("HTTP/1.1 102 X"):rep(400), 18, 0.005) } })
add("rows with pauses between them", { rows = 3, answer = {
  parts.head("HTTP/1.1 200 OK", "Content-Length: 88") .. lines[1], parts.wait(0.05), lines[2],
  parts.wait(0.05), lines[3] } })

-- How the connection ends.
add("nothing, and the connection closes", { kind = "network", answer = {} })
add("nothing, and the connection is reset", { kind = "network", answer = { "reset" } })
add("half a status line, and a close", { kind = "network",
  answer = { "HTTP/1.1 2" } })
add("half a head, and a reset", { kind = "network",
  answer = { "HTTP/1.1 200 OK\r\nX:", "reset" } })
add("half a body, and a reset", { kind = "network",
  answer = { whole:sub(1, half), "reset" } })
add("a whole body without its length, and a reset", { kind = "network",
  answer = { parts.bare "X: y", "reset" } })
add("a whole answer, and a reset", { rows = 3, alone = true,
  answer = { whole, parts.wait(0.05), "reset" } })
add("a whole answer, and a connection that stays", { rows = 3, stays = true,
  answer = { whole } })
add("a whole answer that says close, and a connection that stays", { rows = 3,
  answer = { parts.ok(nil, "Connection: close"), "hang" } })
add("an error, and a connection that stays", { kind = "http", status = 400, stays = true,
  answer = { parts.status("400 Bad Request", "no") } })

-- What stands behind the end.
add("another answer at once behind the end", { rows = 3, again = true,
  answer = { whole .. parts.status("200 OK", lines[1]) } })
add("another answer a little behind the end", { rows = 3, again = true,
  answer = { whole, parts.wait(0.02), parts.status("200 OK", lines[1]) } })
add("another answer behind the last chunk", { rows = 3, again = true,
  answer = { parts.chunked(chunk(body) .. parts.last_chunk)
    .. parts.status("200 OK", lines[1]) } })
add("another answer behind an error", { kind = "http", status = 400, again = true,
  answer = { parts.status("400 Bad Request", "no") .. whole } })
add("an empty line behind the end", { rows = 3, again = true, answer = { whole .. "\r\n" } })
add("another answer behind one that has no body", { kind = "http", status = 204, again = true,
  answer = { parts.head "HTTP/1.1 204 No Content" .. whole } })
add("garbage behind the end", { rows = 3, again = true, answer = { whole .. "\0\255garbage" } })
add("garbage without end behind the end", { rows = 3, again = true,
  answer = { whole, parts.times(2000, ("x"):rep(1024)) } })

-- When to try again.
for _, after in ipairs {
  "Retry-After: 0", "Retry-After: 1", "Retry-After: 120", "Retry-After: 99999999999999999999",
  "Retry-After: 9223372036854775808", "Retry-After: -1", "Retry-After: 0.5", "Retry-After: 1e99",
  "Retry-After: 0x10", "Retry-After: inf", "Retry-After: nan", "Retry-After: soon",
  "Retry-After:", "Retry-After: \1", "Retry-After: \255", "Retry-After: 1, 2",
  "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT", "Retry-After: Fri, 31 Dec 2999 23:59:59 GMT",
  "Retry-After: Fri, 31 Dec 99999 23:59:59 GMT", "Retry-After: Thu, 30 Feb 2024 25:61:61 GMT",
  "Retry-After: Friday, 31-Dec-99 23:59:59 GMT", "Retry-After: Fri Dec 31 23:59:59 1999",
  "Retry-After: 1\r\nRetry-After: 120", "Retry-After: " .. ("9"):rep(10000),
} do
  local shown = after:gsub("%c+", " "):sub(1, 60)
  add("status 503 with " .. shown, { kind = "http", status = 503,
    answer = { parts.status("503 Busy", '{"detail":"busy"}', after) } })
end
for _, status in ipairs { "400 Bad Request", "404 Not Found", "501 Not Implemented" } do
  add("status " .. status .. " with Retry-After: 0", { kind = "http",
    status = tonumber(status:match "%d+"), answer = { parts.status(status, "no",
      "Retry-After: 0") } })
end

return rows
