--- Headers: too many, too long, malformed, contradictory; lengths and codings of transfer.

local parts = require "torture.answers.parts"

local body, chunk = parts.body, parts.chunk
local length = "Content-Length: " .. #body

local rows = {}

local function add(name, expected)
  expected[1] = name
  rows[#rows + 1] = expected
end

local function add_bare(header, expected)
  expected.answer = { parts.bare(header) }
  add("the header " .. header:gsub("%c", "?"):sub(1, 60), expected)
end

-- Their form.
add("a header of 200 KiB", { kind = "limit", says = "header",
  answer = { "HTTP/1.1 200 OK\r\nX: ", parts.times(200, ("x"):rep(1024)), "\r\n\r\n" } })
add("a header without end", { kind = "limit", says = "header",
  answer = { "HTTP/1.1 200 OK\r\nX: ", parts.times(1000, ("x"):rep(1024)) } })
add("headers without end", { kind = "limit", says = "limits.header_bytes",
  answer = { "HTTP/1.1 200 OK\r\n", parts.times(100000, "X-Y: z\r\n") } })
add("cookies without end", { kind = "limit", says = "limits.header_bytes",
  answer = { "HTTP/1.1 200 OK\r\n", parts.times(100000, "Set-Cookie: a=b; Path=/\r\n") } })
add("a thousand cookies", { rows = 3, answer = { "HTTP/1.1 200 OK\r\n",
  parts.times(1000, "Set-Cookie: a=b; Domain=.com; Path=/\r\n"), length .. "\r\n\r\n" .. body } })
add("a header with NUL", { kind = "malformed", answer = { parts.ok(nil, "X: a\0b") } })
add("a header with NUL in its name", { kind = "malformed", answer = { parts.ok(nil, "X\0: a") } })
add("a header without a colon", { kind = "malformed", answer = { parts.ok(nil, "X") } })
add("a header with an empty name", { rows = 3, answer = { parts.ok(nil, ": x") } })
add("a header with control bytes", { rows = 3, answer = { parts.ok(nil, "X: a\1\27[31m\8b") } })
add("a header of eight bits", { rows = 3, answer = { parts.ok(nil, "X: \228\255") } })
add("a header with CR inside", { rows = 3, answer = { parts.ok(nil, "X: a\rY: b") } })
add("a header that is folded", { rows = 3, answer = { parts.ok(nil, "X: a\r\n b\r\n\tc") } })
add("a head that begins with a folded line", { kind = "malformed",
  answer = { parts.head("HTTP/1.1 200 OK", " X: a", length) .. body } })
add("a head that ends within a header", { kind = "incomplete",
  answer = { "HTTP/1.1 200 OK\r\nContent-Len" } })
add("a head without the empty line", { kind = "incomplete",
  answer = { "HTTP/1.1 200 OK\r\n" .. length .. "\r\n" } })
add("a head with two status lines", { kind = "malformed",
  answer = { parts.head("HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", length) .. body } })

-- Headers that ask for something nobody does.
for _, header in ipairs {
  "Refresh: 0; url=http://evil.invalid/", "Location: http://evil.invalid/",
  'Link: <http://evil.invalid/>; rel="next"', 'Alt-Svc: h2="evil.invalid:443"; ma=99999',
  "Strict-Transport-Security: max-age=99999; includeSubDomains", "Set-Cookie: a=b",
  "Upgrade: h2c", "Connection: keep-alive, Upgrade", "Connection: close", "Keep-Alive: timeout=0",
  "Retry-After: 99999", "Content-Type: text/html", "Content-Type: x/y; charset=utf-16",
  "Content-Type:", "Content-Type: \1", "Content-Range: bytes 0-1/2", "Accept-Ranges: bytes",
  "Content-Disposition: attachment; filename=/etc/passwd", "Content-Location: http://x.invalid/",
  "Trailer: Content-Length", "WWW-Authenticate: Negotiate", "Proxy-Connection: close",
  "Vary: *", "Content-MD5: AAAA", "Digest: sha-256=AAAA", "Content-Language: tlh", "Age: -1",
  "Date: the day after tomorrow", "Warning: 199 - odd",
} do
  add("a right answer with " .. header:gsub("%c", "?"), { rows = 3,
    answer = { parts.ok(nil, header) } })
end

-- Lengths. What is no number is no length; the end is not proved by any of these.
for _, value in ipairs {
  "-1", "-88", "+88", "0x58", "88x", "x", "8 8", "88.0", "8e1", "88;", "\"88\"", "88,", ",88",
  "88, 88", "88, 89", "88,0", "\194\160" .. "88",
  "9223372036854775808", "18446744073709551704", "99999999999999999999", ("9"):rep(1000),
} do
  add_bare("Content-Length: " .. value,
    { kind = "malformed", says = "Content%-Length", delivered = 0 })
end
add_bare("Content-Length:", { kind = "malformed", says = "Content%-Length" })
add_bare("Content-Length: \t 88 \t ", { rows = 3 })
add_bare("Content-Length: 00000000000000000000000000088", { rows = 3 })
add_bare("content-LENGTH:88", { rows = 3 })
add_bare("Content-Length: 88\r\nContent-Length: 88", { rows = 3 })
add_bare("Content-Length: 88\r\nContent-Length: 89", { kind = "malformed" })
add_bare("Content-Length: 89\r\nContent-Length: 88", { kind = "malformed" })
add_bare("Content-Length: 30\r\nContent-Length: 88", { kind = "malformed" })
add_bare("Content-Length: 88\r\nContent-Length: x", { kind = "malformed" })
add_bare("Content-Length : 88", { kind = "incomplete", delivered = 3 })
add_bare(" Content-Length: 88", { kind = "malformed" })
add_bare("Content-Length:\r\n 88", { kind = "malformed" })
add_bare("Content-Length: 8\r\n 8", { kind = "malformed" })
add_bare("X: y", { kind = "incomplete", delivered = 3 })
add_bare("Content-Length: 89", { kind = "incomplete", delivered = 3 })
add_bare("Content-Length: 9223372036854775807", { kind = "incomplete", delivered = 3 })
add_bare("Content-Length: 87", { excess = true, rows = 3 }) -- all but the line's end
add_bare("Content-Length: 86", { excess = true, kind = "incomplete", delivered = 2 })
add_bare("Content-Length: 40", { excess = true, kind = "incomplete", delivered = 1 })
add_bare("Content-Length: 1", { excess = true, kind = "incomplete", delivered = 0 })
add_bare("Content-Length: 0", { excess = true, kind = "incomplete", delivered = 0 })
add("a length and nothing behind it", { kind = "incomplete", delivered = 0,
  answer = { parts.head("HTTP/1.1 200 OK", "Content-Length: 0") } })

-- Transfer-Encoding.
local whole = chunk(body) .. parts.last_chunk
for _, coding in ipairs { "chunked", "Chunked", "CHUNKED", " \tchunked\t " } do
  add("Transfer-Encoding: " .. coding:gsub("%c", "?"), { rows = 3,
    answer = { parts.head("HTTP/1.1 200 OK", "Transfer-Encoding:" .. coding) .. whole } })
end
for _, coding in ipairs {
  "gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "deflate", "compress", "br",
  "rot13", "chunked;q=1", "chunked; foo=bar", "xchunked", "chunked x", "\"chunked\"", ",chunked",
  "chunked,", "identity, chunked", "chunked, identity", "\11chunked", "cow", "",
} do
  add("Transfer-Encoding: " .. coding:gsub("%c", "?"), { kind = "malformed", delivered = 0,
    answer = { parts.head("HTTP/1.1 200 OK", "Transfer-Encoding: " .. coding) .. whole } })
end
add("Transfer-Encoding: chunked, twice", { kind = "malformed", delivered = 0,
  answer = { parts.chunked(whole, "Transfer-Encoding: chunked") } })
add("Transfer-Encoding: chunked, and identity", { kind = "malformed", delivered = 0,
  answer = { parts.chunked(whole, "Transfer-Encoding: identity") } })
add("Transfer-Encoding: identity, and no end", { kind = "incomplete", delivered = 3,
  answer = { parts.bare "Transfer-Encoding: identity" } })
add("Transfer-Encoding: identity, and a length", { kind = "incomplete", delivered = 3,
  answer = { parts.ok(nil, "Transfer-Encoding: identity") } })
add("Transfer-Encoding: chunked on a body that is not", { kind = "malformed", delivered = 0,
  answer = { parts.bare "Transfer-Encoding: chunked" } })
for _, fold in ipairs { "\r\n ", "\r\n\t", " \r\n \r\n ", "\r\n  " } do
  local shown = fold:gsub("%c", "?")
  add("Transfer-Encoding: chunked, folded by '" .. shown .. "', where it is not", {
    kind = "malformed", delivered = 0,
    answer = { parts.bare("Transfer-Encoding:" .. fold .. "chunked") } })
  add("Transfer-Encoding: chunked, folded by '" .. shown .. "', where it is", {
    kind = "malformed", delivered = 0,
    answer = { parts.head("HTTP/1.1 200 OK", "Transfer-Encoding:" .. fold .. "chunked")
      .. whole } })
end
add("Transfer-Encoding : chunked, where it is not", { kind = "incomplete", delivered = 3,
  answer = { parts.bare "Transfer-Encoding : chunked" } })
add("Transfer-Encoding: chunked in HTTP/1.0", { rows = 3,
  answer = { (parts.chunked(whole):gsub("1%.1", "1.0")) } })
add("chunks and a right length", { rows = 3, answer = { parts.chunked(whole, length) } })
add("chunks and a length that is less", { rows = 3,
  answer = { parts.chunked(whole, "Content-Length: 30") } })
add("a length that is less, and chunks", { rows = 3, answer = { parts.head("HTTP/1.1 200 OK",
  "Content-Length: 30", "Transfer-Encoding: chunked") .. whole } })

return rows
