--- Status lines and statuses, of every class and of none.

local parts = require "torture.answers.parts"

local body = parts.body

local rows = {}

local function add(name, expected)
  expected[1] = name
  rows[#rows + 1] = expected
end

local function add_status(line, kind, more)
  local expected = { answer = { parts.status(line, '{"detail":"no"}') }, kind = kind,
    status = tonumber(line:match "^%d+"), says = "was refused: no" }
  for name, value in pairs(more or {}) do
    expected[name] = value
  end
  add("status " .. line, expected)
end

-- A success that is not 200 is no answer of these services: part of the rows, or none.
for _, line in ipairs {
  "201 Created", "202 Accepted", "203 Non-Authoritative Information", "206 Partial Content",
  "207 Multi-Status", "208 Already Reported", "218 This is fine", "226 IM Used", "299 Odd",
} do
  add_status(line, "http")
end

for _, line in ipairs {
  "400 Bad Request", "402 Payment Required", "404 Not Found", "405 Method Not Allowed",
  "406 Not Acceptable", "408 Request Timeout", "409 Conflict", "410 Gone", "411 Length Required",
  "412 Precondition Failed", "413 Content Too Large", "414 URI Too Long",
  "415 Unsupported Media Type", "416 Range Not Satisfiable", "417 Expectation Failed",
  "418 I'm a teapot", "421 Misdirected Request", "422 Unprocessable Content", "423 Locked",
  "424 Failed Dependency", "425 Too Early", "426 Upgrade Required", "428 Precondition Required",
  "429 Too Many Requests", "431 Request Header Fields Too Large",
  "451 Unavailable For Legal Reasons", "499 Odd", "500 Internal Server Error",
  "501 Not Implemented", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout",
  "505 HTTP Version Not Supported", "507 Insufficient Storage", "508 Loop Detected",
  "511 Network Authentication Required", "520 Odd", "599 Odd", "600 Odd", "999 Odd",
} do
  add_status(line, "http")
end

for _, line in ipairs { "401 Unauthorized", "403 Forbidden" } do
  add_status(line, "auth")
end

-- Statuses that redirect, without saying where to.
for _, line in ipairs {
  "301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect",
  "308 Permanent Redirect",
} do
  add_status(line, "http", { says = "the redirect is not followed: it has no location" })
end
for _, line in ipairs { "300 Multiple Choices", "305 Use Proxy", "306 Odd", "399 Odd" } do
  add_status(line, "http")
end

add("status 204 No Content", { kind = "http", status = 204,
  answer = { parts.head "HTTP/1.1 204 No Content" } })
add("status 204 with a body all the same", { excess = true, kind = "http", status = 204,
  answer = { parts.status("204 No Content", body) } })
add("status 205 Reset Content", { kind = "http", status = 205,
  answer = { parts.head("HTTP/1.1 205 Reset Content", "Content-Length: 0") } })
add("status 304 to a request without a condition", { kind = "http", status = 304,
  answer = { parts.head("HTTP/1.1 304 Not Modified", 'ETag: "x"') } })
add("status 304 with the length of a body that is not there", { kind = "http", status = 304,
  answer = { parts.head("HTTP/1.1 304 Not Modified", "Content-Length: 88") } })
add("status 206 with a Content-Range that is all", { kind = "http", status = 206,
  answer = { parts.status("206 Partial Content", body, "Content-Range: bytes 0-87/88") } })
add("status 407 without a proxy, with a challenge", { kind = "http", status = 407,
  answer = { parts.status("407 Proxy Authentication Required", "no",
    'Proxy-Authenticate: Basic realm="thief"', "Proxy-Authenticate: NTLM") } })
for _, challenge in ipairs {
  'Basic realm="thief"', 'Digest realm="thief", nonce="n", qop="auth"', "NTLM", "Negotiate",
  'Bearer error="invalid_token"',
} do
  add("status 401 with the challenge " .. challenge, { kind = "auth", status = 401,
    answer = { parts.status("401 Unauthorized", "no", "WWW-Authenticate: " .. challenge) } })
end
add("status 500 whose body is cut", { kind = "http", status = 500, says = "was refused: no",
  answer = { parts.head("HTTP/1.1 500 Oops", "Content-Length: 99") .. "no" } })
add("status 500 whose body never ends", { kind = "http", status = 500,
  answer = { parts.head "HTTP/1.1 500 Oops", parts.times(1000, ("no "):rep(1000)) } })
add("status 500 whose body says nothing and stays", { kind = "http", status = 500, stall = true,
  answer = { parts.head("HTTP/1.1 500 Oops", "Content-Length: 9"), "hang" } })
add("status 500 whose body is no gzip, as it says", { kind = "http", status = 500,
  answer = { parts.status("500 Oops", "no gzip", "Content-Encoding: gzip") } })
add("status 500 whose body has a coding nobody asked for", { kind = "http", status = 500,
  answer = { parts.status("500 Oops", "no", "Content-Encoding: br") } })

-- Provisional answers.
add("status 100 alone", { kind = "network", answer = { parts.head "HTTP/1.1 100 Continue" } })
add("status 100, then the rows", { rows = 3,
  answer = { parts.head "HTTP/1.1 100 Continue", parts.ok() } })
add("status 102, a hundred times, then the rows", { rows = 3,
  answer = { parts.times(100, parts.head "HTTP/1.1 102 Processing"), parts.ok() } })
add("status 103 with links, then the rows", { rows = 3, answer = {
  parts.head("HTTP/1.1 103 Early Hints", "Link: </x>; rel=preload"), parts.ok() } })
add("status 199, then the rows", { rows = 3,
  answer = { parts.head "HTTP/1.1 199 Odd", parts.ok() } })
add("status 100 that speaks of a length and chunks, then the rows", { rows = 3, answer = {
  parts.head("HTTP/1.1 100 Continue", "Content-Length: 5", "Content-Encoding: br"),
  parts.ok() } })
add("status 103 that says the body is chunked, then rows that are not", { rows = 3, answer = {
  parts.head("HTTP/1.1 103 Early Hints", "Transfer-Encoding: chunked"), parts.ok() } })
add("status 103 with a body of its own", { kind = "malformed",
  answer = { parts.status("103 Early Hints", body), parts.ok() } })
add("status 103 without end", { kind = "limit", says = "limits.header_bytes",
  answer = { parts.times(20000, parts.head "HTTP/1.1 103 Early Hints") } })
add("status 101 that switches, with rows behind it", { kind = "malformed", delivered = 0,
  answer = { parts.head("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket",
    "Connection: Upgrade"), body } })
add("status 101 that switches to h2c", { kind = "malformed", delivered = 0,
  answer = { parts.head("HTTP/1.1 101 Switching Protocols", "Upgrade: h2c",
    "Connection: Upgrade"), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" } })

-- Lines that are none of HTTP.
for _, line in ipairs {
  "HTTP/1.1 000 OK", "HTTP/1.1 099 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 2OO OK",
  "HTTP/1.1 -200 OK", "HTTP/1.1 +200 OK", "HTTP/1.1 0x200 OK", "HTTP/1.1 OK", "HTTP/1.1",
  "HTTP/1.1200 OK", "HTTP/1. 200 OK", "HTTP/1 200 OK", "HTTP/ 200 OK", "HTTP 200 OK",
  "HTTP/1.2 200 OK", "HTTP/1.10 200 OK", "HTTP/11.1 200 OK", "HTTP/0.9 200 OK",
  "HTTP/2 200 OK", "HTTP/2.0 200 OK", "HTTP/3 200 OK", "HTTP/4 200 OK", "HTTP/-1.1 200 OK",
  "ICY 200 OK", "http/1.1 200 OK", "Http/1.1 200 OK", "HTTPS/1.1 200 OK", "RTSP/1.0 200 OK",
  "SIP/2.0 200 OK", "GET / HTTP/1.1", "SSH-2.0-OpenSSH_9.2", "220 mail ESMTP", "+OK ready",
} do
  add("the line " .. line, { kind = "malformed", delivered = 0,
    answer = { parts.head(line, "Content-Length: " .. #body) .. body } })
end
add("the preface of HTTP/2", { kind = "malformed",
  answer = { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0" } })
add("a frame of HTTP/2", { kind = "malformed", answer = { "\0\0\6\4\0\0\0\0\0\0\3\0\0\0\100" } })
add("an alert of TLS", { kind = "malformed", answer = { "\21\3\1\0\2\2\70" } })
add("rows without a head, as of HTTP/0.9", { kind = "malformed", delivered = 0,
  answer = { body } })
add("rows of HTTP/2 on a plain connection that is cut", { kind = "malformed", delivered = 0,
  answer = { parts.head "HTTP/2 200" .. parts.lines[1] } })
add("a line with spaces before it", { kind = "malformed", answer = { "  " .. parts.ok() } })
add("empty lines before the status line", { kind = "malformed",
  answer = { "\r\n\r\n" .. parts.ok() } })
add("a line of 200 KiB", { kind = "limit", says = "header",
  answer = { "HTTP/1.1 200 ", parts.times(200, ("x"):rep(1024)), "\r\n\r\n" } })
add("a line that ends with CR alone", { kind = "incomplete", delivered = 0,
  answer = { (parts.ok():gsub("\r\n", "\r")) } })

-- Lines that are odd, and which HTTP lets a recipient read.
for _, line in ipairs {
  "HTTP/1.0 200 OK", "HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 200 \195\156ber",
  "HTTP/1.1 200 404",
  "HTTP/1.1 200 a very long reason that goes on and on and says nothing at all",
} do
  add("the line " .. line, { rows = 3,
    answer = { parts.head(line, "Content-Length: " .. #body) .. body } })
end
add("lines that end with LF alone", { rows = 3,
  answer = { (parts.ok(nil, "Content-Type: x"):gsub("\r\n", "\n")) } })
add("HTTP/1.0 whose end only the connection shows", { kind = "incomplete",
  answer = { parts.head "HTTP/1.0 200 OK" .. body } })
add("HTTP/1.0 whose end only the connection shows, trusted", { rows = 3,
  options = { trust_close = true }, answer = { parts.head "HTTP/1.0 200 OK" .. body } })

return rows
