--- Answers that say what they were told: the credential, in all that may come to be printed.
--
-- {token} is the credential; {in_json} is JSON's way to write it, {in_url} and {in_hex} are a
-- URL's, {in_small_hex} the same in small letters.

local M = {}

local function status(line, ...)
  return { "HTTP/1.1 " .. line, ... }
end

local refused = status "401 Unauthorized"
local json = "Content-Type: application/json"

--- Each has the lines of a head and a body.
M.answers = {
  { refused, "{token}" },
  { refused, "your token {token} is no good, {token}!" },
  { refused, '{"detail":"{in_json}"}' },
  { refused, '{"detail":[{"loc":["header","{in_json}"],"msg":"{in_json}"}]}' },
  { refused, '{"errors":[{"code":"{in_json}","message":"x={in_json}"}],"trace":"{in_json}"}' },
  { refused, '{"error":"{in_json}","errorCode":"{in_json}"}' },
  { refused, '{"error":"x","context":{"requestId":"{in_json}"}}' },
  { refused, '{"message":"{in_json}"' },
  { refused, "token={in_url}&x=y" },
  { refused, "token={in_hex}" },
  { refused, "token={in_small_hex}" },
  { refused, '{"detail":"/login?token={in_url}"}' },
  { refused, ("x"):rep(280) .. "{token}" },
  { refused, ("x"):rep(295) .. "{token}" },
  { refused, '{"detail":"' .. ("x"):rep(290) .. '{in_json}"}' },
  { refused, "{token}{token}{token}" },
  { refused, "\27[31m{token}\27[0m\r\n\8\8" },
  { status("401 Unauthorized", "Content-Type: text/html"), "<p>{token}</p>" },
  { status("401 Unauthorized", 'WWW-Authenticate: Bearer error="{token}"'), "" },
  { status "401 {token}", "no" },
  { status("403 Forbidden", "X-Request-Id: {token}"), "no" },
  { status("403 Forbidden", "X-Correlation-Id: x{token}x"), "no" },
  { status("403 Forbidden", "X-Global-Transaction-Id: {in_url}"), "no" },
  { status("403 Forbidden", "X-Request-Id: " .. ("x"):rep(290) .. "{token}"), "no" },
  { status("403 Forbidden", "X-Request-Id: \27]0;{token}\7"), "no" },
  { status("403 Forbidden", "X-Request-Id: " .. ("x"):rep(5000)), "no" },
  { status("500 Oops", "Transaction-Id: \226\128\174{token}"), "{token}" },
  { status "429 Too Many Requests", "{token}" },
  { status("302 Found", "Location: http://{token}/"), "" },
  { status("302 Found", "Location: http://x.{token}.evil.invalid/"), "" },
  { status("302 Found", "Location: http://evil.invalid/{token}"), "" },
  { status("302 Found", "Location: http://{token}@evil.invalid/"), "" },
  { status("302 Found", "Location: http://evil.invalid/?token={in_url}#{token}"), "" },
  { status("302 Found", "Location: {token}://evil.invalid/"), "" },
  { status("200 OK", "Content-Encoding: {token}"), "x" },
  { status("200 OK", "Content-Encoding: gzip, {token}"), "x" },
  { status("200 OK", "Content-Encoding: br", "Content-Encoding: {token}"), "x" },
  { status("200 OK", "Transfer-Encoding: {token}"), "x" },
  { status("200 OK", "Content-Type: text/html; x={token}"), "<p>{token}" },
  { status("200 OK", "Content-Type: {token}/html"), "<p>" },
  { status("200 OK", "X-Request-Id: {token}"), "x" },
  { status("200 OK", json), '{"error":"{in_json}"}\n' },
  { status("200 OK", json), '{"{in_json}":"{in_json}"}\n' },
  { status("200 OK", json), '["{in_json}"]\n' },
  { status("200 OK", json), '"{in_json}"\n' },
  { status("200 OK", json), '{"amount":{token}}\n' },
  { status("200 OK", json), "{token}" },
  { status("200 {token}", json), "{token}" },
  { { "{token}" }, "" },
  { { "HTTP/1.1 {token}" }, "" },
  { { "HTTP/{token}" }, "" },
  { status("200 OK", "{token}"), "x" },
  { status("200 OK", "{token}: x\0"), "x" },
}

--- Pages with status 200 that say it beside their rows, or instead.
M.pages = {
  '{"errors":[{"message":"{in_json}"}],"reports":[]}', '{"error":"{in_json}","reports":[]}',
  '{"error":{"{in_json}":1},"reports":[]}', '{"reports":[],"errors":"' .. ("x"):rep(250)
    .. '{in_json}"}',
  '{"next":{"href":"{in_json}"},"reports":[]}', '{"next":{"{in_json}":1},"reports":[]}',
  '{"next":"{in_json}","reports":[]}', '{"next":{"href":"?offset={in_json}"},"reports":[]}',
  '{"next":{"href":"?offset=%2{in_url}"},"reports":[]}', '{"next":{"href":"?offset={in_hex}"},'
    .. '"reports":[]}',
  '{"reports":["{in_json}"]}', '{"reports":[{"{in_json}":"{in_json}"}]}', '{"{in_json}":[]}',
  '{"reports":"{in_json}"}', '{"reports":[],"{in_json}":}', '["{in_json}"]', '"{in_json}"',
}

--- Headers that want to be remembered, or obeyed: what is asked next is the same in each byte.
M.headers = {
  "Set-Cookie: session=1", "Set-Cookie: session=1; Domain=127.0.0.1; Path=/; HttpOnly",
  "Set-Cookie: a=b; Max-Age=99999; SameSite=None; Secure", "Set-Cookie2: a=b",
  "Refresh: 0; url=http://{thief}/", "Refresh: 0;http://{thief}/", "Location: http://{thief}/",
  'Link: <http://{thief}/>; rel="next"', 'Link: <http://{thief}/>; rel=preload; as=fetch',
  "Alt-Svc: http/1.1=\"{thief}\"; ma=99999; persist=1", 'Alt-Svc: h2="{thief}"',
  "Strict-Transport-Security: max-age=99999; includeSubDomains; preload",
  'WWW-Authenticate: Basic realm="x"', "WWW-Authenticate: NTLM", "WWW-Authenticate: Negotiate",
  'Proxy-Authenticate: Basic realm="x"', "Authentication-Info: nextnonce=1",
  "Content-Location: http://{thief}/", "Content-Base: http://{thief}/",
  "X-Accel-Redirect: http://{thief}/", "URI: <http://{thief}/>", "Upgrade: h2c",
  'ETag: "x"', "Last-Modified: Fri, 31 Dec 1999 23:59:59 GMT", "Accept-Encoding: br",
  'Clear-Site-Data: "*"', 'Public-Key-Pins: pin-sha256="x"; report-uri="http://{thief}/"',
  'Content-Security-Policy: report-uri http://{thief}/', 'NEL: {"report_to":"x","max_age":1}',
  'Report-To: {"endpoints":[{"url":"http://{thief}/"}]}', "Sec-CH-UA: x", "Vary: *",
}

--- What must never get into a request.
M.secrets = {
  "a b", "a\tb", "a\nb", "a\r\nX: y", "a\rb", "a\0b", "a\127b", "a\128b", "\195\164", " a", "a ",
  "\r\n", "a\n", "", "\27[31m",
}

return M
