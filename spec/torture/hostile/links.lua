--- Links to the next page: what is read of each is its offset, and nothing else.
--
-- {origin}, {base}, {thief}, {other} as in locations.lua; {token} is the token.

local page = "/v1/resource-usage-reports"

local M = {}

--- Links and the offset that is asked for, at the origin.
M.read = {
  { "{origin}{base}" .. page .. "?offset=abc", "abc" },
  { page .. "?offset=abc", "abc" },
  { "?offset=abc", "abc" },
  { "?limit=9&offset=abc&month=1999-01", "abc" },
  { "http://{thief}" .. page .. "?offset=abc", "abc" },
  { "http://{other}" .. page .. "?offset=abc", "abc" },
  { "//{thief}/?offset=abc", "abc" },
  { "https://evil.invalid/?offset=abc", "abc" },
  { "http://user:password@{thief}/?offset=abc", "abc" },
  { "http://127.0.0.1:1@{thief}/?offset=abc", "abc" },
  { "\\\\{thief}\\?offset=abc", "abc" },
  { "file:///etc/passwd?offset=abc", "abc" },
  { "javascript:alert(1)?offset=abc", "abc" },
  { "data:text/plain,?offset=abc", "abc" },
  { "gopher://{thief}/?offset=abc", "abc" },
  { "http://{thief}\r\nX: y/?offset=abc", "abc" },
  { "?offset=abc#&offset=def", "abc" },
  { "?offset=http%3A%2F%2F{thief}%2F", "http://{thief}/" },
  { "?offset=http://{thief}/", "http://{thief}/" },
  { "?offset=//{thief}/", "//{thief}/" },
  { "?offset=@{thief}", "@{thief}" },
  { "?offset=a%26account_id%3Dother", "a&account_id=other" },
  { "?offset=a%23b", "a#b" },
  { "?offset=a%3Fb", "a?b" },
  { "?offset=a+b", "a b" },
  { "?offset=a%20b", "a b" },
  { "?offset=a%2Bb", "a+b" },
  { "?offset=..%2F..%2F", "../../" },
  { "?offset=%25%32%35", "%25" },
  { "?offset=%", "%" },
  { "?offset=%zz", "%zz" },
  { "?offset=\195\164", "\195\164" },
  { "?offset=%F0%9F%92%A9", "\240\159\146\169" },
  { "?offset=%E2%80%AE", "\226\128\174" },
  { "?%6Fffset=abc", "abc" },
  { "?offset=abc=def", "abc=def" },
  { "?offset='%20or%201=1", "' or 1=1" },
  { "?offset=a%0D%0AX:%20y", "a\r\nX: y" },
  { "?offset=a\r\nX: y", "a\r\nX: y" },
  { "?offset=a%00b", "a\0b" },
  { "?offset=%1B%5B31m", "\27[31m" },
  { "?offset=" .. ("x"):rep(10000), ("x"):rep(10000) },
}

--- Links that paging cannot go on with: an error, and no end.
M.refused = {
  "http://{thief}/", "{origin}{base}" .. page, "?", "?offset", "?offset=", "?offset=&x=y",
  "?OFFSET=abc", "?xoffset=abc", "?offset[]=abc", "#?offset=abc", "offset=abc", "/offset/abc",
  "?limit=1", "x", " ",
  -- The credential belongs into one header and nowhere else.
  "?offset={token}", "?offset=a{token}b", "?offset={in_url}", "?offset={in_hex}",
}

--- Links that are no text.
M.odd = {
  "1", "true", "[]", '["?offset=abc"]', '{"href":1}', '{"href":[]}',
  '{"href":{"href":"?offset=a"}}',
  '{"href":true}', '{"url":"?offset=abc"}', '{"rel":"next"}', "[[]]", '{"href":false}',
}

return M
