--- Chunks, codings of the content, and what a body says.

local parts = require "torture.answers.parts"

local body, lines, chunk, last = parts.body, parts.lines, parts.chunk, parts.last_chunk
local packed = parts.packed

local rows = {}

local function add(name, expected)
  expected[1] = name
  rows[#rows + 1] = expected
end

-- Chunks.
local function add_chunked(name, written, expected, ...)
  expected.answer = { parts.chunked(written, ...) }
  add(name, expected)
end

for _, size in ipairs {
  "-58", "+58", "x", "", ";ext", "5 8", "g8", "\"58\"", "\0", "\255",
  "10000000000000000", "fffffffffffffffff", ("f"):rep(400), "8000000000000000",
  "ffffffffffffffff", ("0"):rep(40) .. "58",
} do
  add_chunked("a chunk size of " .. size:gsub("[%c%z\128-\255]", "?"):sub(1, 40),
    size .. "\r\n" .. body .. "\r\n" .. last, { kind = "malformed", delivered = 0 })
end
-- What stands behind the digits is skipped; the last chunk proves the end all the same.
for _, size in ipairs { "58x", "58.0", "58 ; a" } do
  add_chunked("a chunk size of " .. size, size .. "\r\n" .. body .. "\r\n" .. last, { rows = 3 })
end
add_chunked("a chunk size of 0x58", "0x58\r\n" .. body .. "\r\n" .. last,
  { kind = "incomplete", delivered = 0 })
add_chunked("a chunk size larger than its data", "99\r\n" .. body, { kind = "incomplete" })
add_chunked("a chunk size of almost all there is", "7fffffffffffffff\r\n" .. body,
  { kind = "incomplete", delivered = 3 })
add_chunked("a chunk size less than its data", "50\r\n" .. body .. "\r\n" .. last,
  { kind = "malformed" })
add_chunked("a chunk without CRLF behind it", "58\r\n" .. body .. last, { kind = "malformed" })
add_chunked("a chunk with other bytes in the place of CRLF", "58\r\n" .. body .. "xx" .. last,
  { kind = "malformed" })
add_chunked("chunk sizes in capitals with noughts", "0000058\r\n" .. body .. "\r\n0000\r\n\r\n",
  { rows = 3 })
add_chunked("a chunk with extensions", "58;a=b;c=\"d\";e\r\n" .. body .. "\r\n" .. last,
  { rows = 3 })
add_chunked("a chunk with a long extension", "58;" .. ("x"):rep(10000) .. "\r\n" .. body .. "\r\n"
  .. last, { rows = 3 })
add_chunked("a chunk size followed by spaces", "58  \r\n" .. body .. "\r\n" .. last, { rows = 3 })
add_chunked("a chunk for each byte", body:gsub(".", chunk) .. last, { rows = 3 })
add_chunked("no chunk at all", last, { kind = "incomplete", delivered = 0 })
add_chunked("the last chunk missing", chunk(body), { kind = "incomplete", delivered = 3 })
add_chunked("the last chunk cut", chunk(body) .. "0", { kind = "incomplete", delivered = 3 })
add_chunked("the last chunk without its empty line", chunk(body) .. "0\r\n",
  { kind = "incomplete", delivered = 3 })
add_chunked("the last chunk, and its empty line cut", chunk(body) .. "0\r\n\r", { rows = 3 })
add_chunked("the last chunk inside a row", chunk(body:sub(1, 40)) .. last,
  { kind = "incomplete", delivered = 1 })
add_chunked("a trailer", chunk(body) .. "0\r\nX: y\r\n\r\n", { rows = 3 })
add_chunked("a trailer with a length, a coding and a place", chunk(body) .. "0\r\n"
  .. "Content-Length: 5\r\nContent-Encoding: br\r\nTransfer-Encoding: gzip\r\n"
  .. "Location: http://evil.invalid/\r\n\r\n", { rows = 3 })
add_chunked("a trailer that is cut", chunk(body) .. "0\r\nX: ",
  { kind = "incomplete", delivered = 3 })
add_chunked("a trailer of 200 KiB", chunk(body) .. "0\r\nX: " .. ("x"):rep(200 * 1024)
  .. "\r\n\r\n", { kind = "limit" })
add("trailers without end", { kind = "limit", says = "limits.header_bytes", delivered = 3,
  answer = { parts.chunked(chunk(body) .. "0\r\n"), parts.times(100000, "X-Y: z\r\n") } })
add_chunked("a trailer without a colon", chunk(body) .. "0\r\nX\r\n\r\n",
  { kind = "malformed", delivered = 3 })
add("a chunk extension of a megabyte that is cut", { kind = "incomplete", delivered = 0,
  answer = { parts.chunked "58;", parts.times(1000, ("x"):rep(1024)) } })
add("a chunk extension that drips for ever", { kind = "timeout", says = "timeout.stall",
  stall = true, answer = { parts.chunked "58;", parts.drip(("x"):rep(400), 1, 0.005) } })

-- Codings of the content.
local function add_coded(name, coding, bytes, expected)
  expected.answer = { parts.ok(bytes, "Content-Encoding: " .. coding) }
  add(name, expected)
end

for _, coding in ipairs {
  "deflate", "br", "zstd", "compress", "odd", "gzip, gzip", "gzip, br", "gzip;q=1", "g zip",
  "gzip\1", "GZIP, deflate", "\240\159\146\169", ("x"):rep(5000),
} do
  add_coded("the coding " .. coding:gsub("%c", "?"):sub(1, 40), coding, packed,
    { kind = "malformed", says = "Content%-Encoding", delivered = 0 })
end
for _, coding in ipairs { "gzip", "GZip", "x-gzip", "identity, gzip", "gzip,", " , gzip" } do
  add_coded("the coding " .. coding .. ", as it should be", coding, packed, { rows = 3 })
end
for _, coding in ipairs { "identity", "", "," } do
  add_coded("the coding \"" .. coding .. "\"", coding, body, { rows = 3 })
end
add("two headers of the coding gzip", { kind = "malformed", delivered = 0,
  answer = { parts.ok(packed, "Content-Encoding: gzip", "Content-Encoding: gzip") } })
add("gzip that no header tells of", { kind = "malformed", delivered = 0,
  answer = { parts.ok(packed) } })
add_coded("no gzip, as the header says", "gzip", body, { kind = "malformed", delivered = 0 })
add_coded("a stream of zlib called gzip", "gzip", "\120\156\3\0\0\0\0\1",
  { kind = "malformed", delivered = 0 })
add_coded("gzip of another method", "gzip", packed:sub(1, 2) .. "\7" .. packed:sub(4),
  { kind = "malformed", delivered = 0 })
add_coded("gzip with flags that are reserved", "gzip", packed:sub(1, 3) .. "\224"
  .. packed:sub(5), { kind = "malformed", delivered = 0 })
add_coded("gzip inside gzip", "gzip", parts.gzip(packed), { kind = "malformed", delivered = 0 })
add_coded("an empty body called gzip", "gzip", "", { kind = "incomplete", delivered = 0 })
for _, left in ipairs { 1, 5, 10, 11, -9, -8, -4, -1 } do
  local kept = left > 0 and packed:sub(1, left) or packed:sub(1, left - 1)
  add_coded(("gzip of which %d bytes are there"):format(#kept), "gzip", kept,
    { kind = "incomplete" })
end
add_coded("gzip with a wrong checksum", "gzip", parts.with_trailer(packed, 1, 0),
  { kind = "malformed" })
add_coded("gzip with a wrong length", "gzip", parts.with_trailer(packed, 0, 1),
  { kind = "malformed" })
add_coded("gzip with garbage behind it", "gzip", packed .. "garbage", { kind = "malformed" })
add_coded("gzip with a nought behind it", "gzip", packed .. "\0",
  { kind = "incomplete", delivered = 3 })
add_coded("gzip with half a member behind it", "gzip", packed .. packed:sub(1, 12),
  { kind = "incomplete", delivered = 3 })
add_coded("gzip of two members", "gzip", parts.gzip(body:sub(1, 40)) .. parts.gzip(body:sub(41)),
  { rows = 3 })
add_coded("gzip with empty members", "gzip", parts.gzip("") .. packed .. parts.gzip "",
  { rows = 3 })
add("gzip, its end shown by the connection alone", { kind = "incomplete", delivered = 3,
  answer = { parts.head("HTTP/1.1 200 OK", "Content-Encoding: gzip") .. packed } })
add("gzip that is cut, its end trusted", { kind = "incomplete", options = { trust_close = true },
  answer = { parts.head("HTTP/1.1 200 OK", "Content-Encoding: gzip") .. packed:sub(1, -3) } })
local bomb = parts.gzip((" "):rep(8 * 1024 * 1024))
add_coded("a bomb of gzip", "gzip", bomb, { kind = "limit", says = "limits.ratio",
  options = { limits = { ratio = 100 } } })
add_coded("a bomb of gzip, inside a row", "gzip",
  parts.gzip('{"product":"' .. ("A"):rep(8 * 1024 * 1024) .. '"}\n'),
  { kind = "limit", says = "limits.ratio" })
add_coded("a bomb of gzip that is smaller than body_bytes allows", "gzip", bomb,
  { kind = "limit", says = "limits", options = { limits = { body_bytes = 1000000 } } })

-- What the body says.
local function add_body(name, text, expected)
  expected.answer = { parts.ok(text) }
  add(name, expected)
end

add("a web page", { kind = "malformed", says = "web page", delivered = 0,
  answer = { parts.ok("<!DOCTYPE html><p>Sign in", "Content-Type: text/html") } })
add_body("a web page that is not called one", "<html>Sign in</html>",
  { kind = "malformed", delivered = 0 })
add_body("text", "OK\n", { kind = "malformed", delivered = 0 })
add_body("white space", " \n\t\r\n", { kind = "incomplete", delivered = 0 })
add_body("NUL", "\0", { kind = "malformed", delivered = 0 })
add_body("a byte order mark before the rows", "\239\187\191" .. body,
  { kind = "malformed", delivered = 0 })
add_body("UTF-16, little end first", "\255\254" .. (body:gsub(".", "%0\0")),
  { kind = "malformed", delivered = 0 })
add_body("UTF-16, big end first", (body:gsub(".", "\0%0")), { kind = "malformed", delivered = 0 })
add_body("Latin-1 in a row", lines[1] .. '{"product":"\252"}\n' .. lines[3],
  { kind = "malformed", delivered = 1 })
for _, text in ipairs {
  "1", "-0.5", '"text"', "null", "true", "{}", '{"error":"quota"}', '{"detail":"no"}',
  '{"errors":[{"message":"quota"}]}', '{"amount":null,"product":null}', '{"message":"see you"}',
} do
  add_body("a line " .. text .. " for a row", text .. "\n", { kind = "malformed", delivered = 0 })
  add_body("a line " .. text .. " among the rows", lines[1] .. text .. "\n" .. lines[2],
    { kind = "malformed", delivered = 1 })
end
for text, kind in pairs {
  ["[[]]"] = "malformed", ["[1]"] = "malformed", ["[{}]"] = "malformed", ["["] = "incomplete",
  ['[{"amount":1.5}'] = "incomplete", ['[{"amount":1.5},'] = "incomplete",
  ['[{"amount":1.5},]'] = "malformed", ['[{"amount":1.5} {"amount":2.5}]'] = "malformed",
  ['[{"amount":1.5}] x'] = "malformed", ['[{"amount":1.5}][]'] = "malformed",
  ['[{"amount":1.5}]\n{"amount":2.5}'] = "malformed", ["]"] = "malformed", ["}"] = "malformed",
} do
  add_body("the array " .. text:gsub("\n", " "), text, { kind = kind })
end
add_body("a list on a line of its own among the rows", lines[1] .. "[]\n" .. lines[2],
  { kind = "malformed", delivered = 1 })
add_body("text behind the last row", body .. "-- 3 rows in 0.5 s\n",
  { kind = "malformed", delivered = 3 })
add_body("NUL behind the last row", body .. "\0", { kind = "malformed", delivered = 3 })
add_body("white space behind the last row", body .. "\n\n  \r\n", { rows = 3 })
add_body("no line's end behind the last row", body:sub(1, -2), { rows = 3 })
add_body("lines that end with CRLF", (body:gsub("\n", "\r\n")), { rows = 3 })
add_body("lines that end with CR", (body:gsub("\n", "\r")),
  { kind = "malformed" })
add_body("a row cut inside, with a length that is right", body .. lines[1]:sub(1, 10),
  { kind = "incomplete", delivered = 3 })
add_body("a comment", "// rows\n" .. body, { kind = "malformed", delivered = 0 })
add_body("a guard against scripts", ")]}'\n" .. body, { kind = "malformed", delivered = 0 })
add_body("events of a server", "data: " .. body, { kind = "malformed", delivered = 0 })
add_body("records that a sign separates", (body:gsub("{", "\30%0")),
  { kind = "malformed", delivered = 0 })
add_body("an amount that is not a number", lines[1] .. '{"amount":NaN}\n',
  { kind = "malformed", delivered = 1 })
add_body("an amount too large for any double", lines[1] .. '{"amount":1e999}\n',
  { kind = "malformed", delivered = 1 })
add_body("a row deeper than limits.depth", ('{"a":'):rep(600) .. "1" .. ("}"):rep(600),
  { kind = "limit", says = "limits.depth" })
add_body("a row longer than limits.record_bytes", '{"product":"' .. ("A"):rep(2000) .. '"}',
  { kind = "limit", says = "limits.record_bytes",
    options = { limits = { record_bytes = 1000 } } })
add_body("more rows than limits.rows", body, { kind = "limit", says = "limits.rows",
  delivered = 2, options = { limits = { rows = 2 } } })
add("white space without end", { kind = "limit", says = "limits.body_bytes", delivered = 0,
  options = { limits = { body_bytes = 1000000 } },
  answer = { parts.head "HTTP/1.1 200 OK", parts.times(2000, (" "):rep(1024)) } })
add("a text without end", { kind = "limit", says = "limits.record_bytes", delivered = 0,
  options = { limits = { record_bytes = 1000000 } },
  answer = { parts.head "HTTP/1.1 200 OK" .. '{"product":"',
    parts.times(2000, ("x"):rep(1024)) } })

return rows
