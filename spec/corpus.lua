--- Documents right and wrong, and a way to say what reading one gave.

local costream = require "costream"

local M = {}

local show

local function show_table(value)
  local parts = {}
  if (getmetatable(value) or {}).__jsontype == "array" then
    local length = 0
    for index in pairs(value) do
      length = math.max(length, index)
    end
    for i = 1, length do
      parts[i] = show(value[i])
    end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name, field in pairs(value) do
    parts[#parts + 1] = show(name) .. ":" .. show(field)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

--- A value as text, the same for the same value alone: 1 and 1.0, {} and [], -0 and 0 differ.
function show(value)
  if type(value) == "table" then
    return show_table(value)
  elseif type(value) == "string" then
    return ("%q"):format(value)
  elseif value == costream.null then
    return "null"
  elseif type(value) ~= "number" then
    return tostring(value)
  end
  local kind = math.type and math.type(value) or "number"
  if kind == "integer" then
    return ("%d"):format(value)
  end
  return ("%s %.17g"):format(kind, value)
end

M.show = show

--- A function source that gives these chunks.
function M.chunks(...)
  local list, count, at = { ... }, select("#", ...), 0
  return function()
    if at < count then
      at = at + 1
      return list[at]
    end
  end
end

--- A function source that gives a text in pieces of this many bytes.
function M.pieces(text, size)
  local at = 1
  return function()
    if at <= #text then
      local piece = text:sub(at, at + size - 1)
      at = at + size
      return piece
    end
  end
end

--- Reads a source to its end: the list of its rows, and what was raised.
function M.read(source, options)
  local rows = {}
  local ok, failure = pcall(function()
    for row in costream.records(source, options) do
      rows[#rows + 1] = row
    end
  end)
  return rows, not ok and failure or nil
end

--- All that reading a source gives, as one text: each row, and each field of the failure.
function M.outcome(source, options)
  local rows, failure = M.read(source, options)
  local lines = {}
  for i, row in ipairs(rows) do
    lines[i] = show(row)
  end
  lines[#lines + 1] = failure == nil and "end" or tostring(failure)
  if type(failure) == "table" then
    lines[#lines + 1] = show_table(failure)
  end
  return table.concat(lines, "\n")
end

local deep = ("["):rep(40) .. ("]"):rep(40)
local path = { path = "data.reports[]" }

--- name, text, number of rows, options
M.right = {
  { "an empty array", "[]", 0 },
  { "an empty array in white space", " \t\r\n[ \n ] \r\n", 0 },
  { "an array of objects", '[{"a":1},{"b":[true,false,null]},{}]', 3 },
  { "an array of scalars", '[1,-2.5e3,"x",true,false,null,[],{}]', 8 },
  { "an array of arrays", "[[],[[]],[[],[]]]", 3 },
  { "a pretty array", '[\n  {\n    "a" : 1,\r\n\t"b" : [ 1 , 2 ]\n  }\n,\n  {}\n]\n', 2 },
  { "lines", '{"a":1}\n{"a":2}\n{"a":3}\n', 3 },
  { "lines without the last newline", '{"a":1}\n{"a":2}', 2 },
  { "lines with CR LF", '{"a":1}\r\n{"a":2}\r\n', 2 },
  { "lines with blank ones", '\n \n{"a":1}\n\n\t\r\n{"a":2}\n\n', 2 },
  { "lines of scalars", '1\n-0\n"x"\ntrue\nfalse\nnull\n1.5', 7 },
  { "lines of arrays", "[1]\n[2,3]\n[]\n", 3, { framing = "lines" } },
  { "numbers", "[0,-0,10,0.5,-0.0,1e5,1E+5,2e-3,9007199254740993,1.7976931348623157e308]", 10 },
  { "numbers as text", "[0,-0,1.50,1e400]", 4, { numbers = "text" } },
  { "escapes", [==[{"\"\\\/\b\f\n\r\t":"\u0000\u00e4\u20AC\ud83d\ude00\uD834\uDD1E"}]==], 1 },
  { "runs of backslashes", [==[["\\","\\\\\"","\\\\\\\\","a\\\"b\\"]]==], 4 },
  { "UTF-8", '{"ä":"öüß€😀","\194\128":"\239\191\191\244\143\191\191\127"}', 1 },
  { "the same name twice", '[{"a":1,"a":2},{"a":1,"a":null}]', 2 },
  { "nulls", '[{"a":null,"b":[null,1]},null]', 2, { nulls = true } },
  { "nesting", "[" .. deep .. "]", 1 },
  { "an envelope", '{"n":1,"data":{"x":[{}],"reports":[{"a":1},{}],"y":{}},"m":[]}', 2, path },
  { "an envelope with an escaped name", [[{"d\u0061ta":{"\u0072eports":[1,2,3]}}]], 3, path },
  { "an envelope whose list is empty", ' { "data" : { "reports" : [ ] } } ', 0, path },
  { "an envelope with decoys", '{"reports":[1],"data2":{"reports":[2]},"data":{"reports":[3],'
    .. '"data":{"reports":[4]}}}', 1, path },
}

local function malformed(name, text, rows, byte, message, options)
  local _, breaks = text:sub(1, byte - 1):gsub("\n", "")
  local column = byte - #text:sub(1, byte - 1):match "^(.-)[^\n]*$"
  return {
    name = name, text = text, kind = "malformed", rows = rows, line = breaks + 1,
    column = column, byte = byte, message = message, options = options,
  }
end

local function incomplete(name, text, rows, message, options)
  local entry = malformed(name, text, rows, #text + 1, message, options)
  entry.kind = "incomplete"
  return entry
end

--- Each has the number of rows before the fault, and where it is: the fault is in the next row.
M.wrong = {
  malformed("a comma before the end of an array", "[1,]", 1, 4, "expected a value"),
  malformed("a comma at the start of an array", "[,1]", 0, 2, "expected a value"),
  malformed("two commas in an array", "[1,,2]", 1, 4, "expected a value"),
  malformed("no comma in an array", "[1 2]", 1, 4, "expected ',' or ']' behind a record"),
  malformed("no comma in an inner array", "[[1 2]]", 0, 5, "expected ',' or"),
  malformed("a comma before the end of an inner array", "[[1,]]", 0, 5, "expected a value"),
  malformed("a brace that ends an array", "[1}", 1, 3, "found '}'"),
  malformed("a brace that ends an inner array", "[[1}]", 0, 4, "found '}'"),
  malformed("a bracket that ends an object", '{"a":1]', 0, 7, "found ']'"),
  malformed("an array that ends twice", "[1]]", 1, 4, "expected nothing behind the end"),
  malformed("an end alone", "]", 0, 1, "found ']'"),
  malformed("a colon in an array", '["a":1]', 1, 5, "found ':'"),
  malformed("an array behind an array", "[1]\n[2]", 1, 5, "expected nothing behind the end"),
  malformed("a record behind an array", "[1] {}", 1, 5, "expected nothing behind the end"),
  malformed("two records on a line", "{} {}", 1, 4, "expected the end of the line"),
  malformed("a comma between lines", "{},\n{}", 1, 3, "expected the end of the line"),
  malformed("a name without quotes", "{a:1}", 0, 2, "expected a name in quotes or '}'"),
  malformed("a name in single quotes", "{'a':1}", 0, 2, "expected a name in quotes or '}'"),
  malformed("a number as name", "{1:2}", 0, 2, "expected a name in quotes or '}'"),
  malformed("a comma before the end of an object", '{"a":1,}', 0, 8, "expected a name in quotes"),
  malformed("a comma at the start of an object", '{,"a":1}', 0, 2, "expected a name in quotes"),
  malformed("two commas in an object", '{"a":1,,"b":2}', 0, 8, "expected a name in quotes"),
  malformed("no comma in an object", '{"a":1 "b":2}', 0, 8, "expected ','"),
  malformed("a name without colon", '{"a" 1}', 0, 6, "expected ':'"),
  malformed("a name without colon and value", '{"a"}', 0, 5, "expected ':'"),
  malformed("two colons", '{"a"::1}', 0, 6, "expected a value"),
  malformed("a name without value", '{"a":}', 0, 6, "expected a value"),
  malformed("a member without name", "{:1}", 0, 2, "expected a name in quotes"),
  malformed("a word that is no literal", "[nul]", 0, 5, "expected true, false or null"),
  malformed("a literal in capitals", "[True]", 0, 2, "expected a value"),
  malformed("a literal with more letters", "[nullx]", 1, 6, "found 'x'"),
  malformed("a wrong letter in a literal", "[trie]", 0, 4, "expected true, false or null"),
  malformed("NaN", "[NaN]", 0, 2, "expected a value"),
  malformed("Infinity", "[-Infinity]", 0, 3, "expected a digit behind '-'"),
  malformed("undefined", "[undefined]", 0, 2, "expected a value"),
  malformed("a leading zero", "[01]", 0, 3, "must not begin with a zero"),
  malformed("a leading zero behind a minus", "[-012]", 0, 4, "must not begin with a zero"),
  malformed("a plus", "[+1]", 0, 2, "expected a value"),
  malformed("two minuses", "[--1]", 0, 3, "expected a digit behind '-'"),
  malformed("a minus alone", "[-]", 0, 3, "expected a digit behind '-'"),
  malformed("a point at the start", "[.5]", 0, 2, "expected a value"),
  malformed("a point at the end", "[1.]", 0, 4, "expected a digit behind the decimal point"),
  malformed("a point before an exponent", "[1.e2]", 0, 4, "expected a digit behind the decimal"),
  malformed("two points", "[1.2.3]", 1, 5, "found '.'"),
  malformed("an empty exponent", "[1e]", 0, 4, "expected a digit or a sign in the exponent"),
  malformed("an exponent that is a sign", "[1e+]", 0, 5, "expected a digit in the exponent"),
  malformed("a fraction in an exponent", "[1e2.5]", 1, 5, "found '.'"),
  malformed("a hexadecimal number", "[0x10]", 1, 3, "found 'x'"),
  malformed("a comma as decimal point", '{"a":1,5}', 0, 8, "expected a name in quotes"),
  malformed("a number too large", "[1,1e400]", 1, 4, "a number too large for a double"),
  malformed("a negative number too large", "[-1e309]", 0, 2, "a number too large for a double"),
  malformed("a number just too large", "1.7976931348623159e308", 0, 1, "too large for a double"),
  malformed("an unknown escape", [==[["\x41"]]==], 0, 4, "unknown escape"),
  malformed("an escaped single quote", [==[["\'"]]==], 0, 4, "unknown escape"),
  malformed("a capital U in an escape", [==[["\U0041"]]==], 0, 4, "unknown escape"),
  malformed("an escaped newline", '["\\\n"]', 0, 4, "unknown escape"),
  malformed("an escaped NUL", '["\\\0"]', 0, 4, "unknown escape"),
  malformed("a digit that is not hexadecimal", [==[["\u12g4"]]==], 0, 7, "hexadecimal"),
  malformed("too few hexadecimal digits", [==[["\u123"]]==], 0, 8, "four hexadecimal digits"),
  malformed("a lone high surrogate", [==[["\ud800"]]==], 0, 9, "needs its low surrogate"),
  malformed("a high surrogate, then a letter", [==[["\ud800x"]]==], 0, 9, "its low surrogate"),
  malformed("a high surrogate and \\n", [==[["\ud800\n"]]==], 0, 10, "needs its low surrogate"),
  malformed("two high surrogates", [==[["\ud800\udbff"]]==], 0, 14, "needs its low surrogate"),
  malformed("a lone low surrogate", [==[["\udc00"]]==], 0, 8, "without its high surrogate"),
  malformed("a tab in a string", '["a\tb"]', 0, 4, "control characters must be escaped"),
  malformed("a newline in a string", '{"a":"b\nc"}', 0, 8, "found byte 0x0A"),
  malformed("a NUL in a string", '["abcdefghijkl\0"]', 0, 15, "found byte 0x00"),
  malformed("a control character in a name", '{"\31":1}', 0, 3, "control characters"),
  malformed("a lone continuation byte", '["\128"]', 0, 3, "invalid UTF-8"),
  malformed("a byte that UTF-8 never has", '["\255"]', 0, 3, "invalid UTF-8"),
  malformed("an overlong character of two bytes", '["\192\128"]', 0, 3, "invalid UTF-8"),
  malformed("an overlong character of three", '["\224\159\191"]', 0, 4, "invalid UTF-8"),
  malformed("an overlong character of four", '["\240\143\191\191"]', 0, 4, "invalid UTF-8"),
  malformed("a surrogate in UTF-8", '["\237\160\128"]', 0, 4, "invalid UTF-8"),
  malformed("a character beyond U+10FFFF", '["\244\144\128\128"]', 0, 4, "invalid UTF-8"),
  malformed("a character cut by the quote", '["\226\130"]', 0, 5, "invalid UTF-8"),
  malformed("invalid UTF-8 in a name", '{"\195(":1}', 0, 4, "invalid UTF-8"),
  malformed("Latin-1", '{"a":"M\252nchen"}', 0, 8, "invalid UTF-8"),
  malformed("a byte order mark", "\239\187\191[]", 0, 1, "found byte 0xEF"),
  malformed("UTF-16", "[\0001\000]\000", 0, 2, "found byte 0x00"),
  malformed("a form feed as white space", "[\f1]", 0, 2, "found byte 0x0C"),
  malformed("a no-break space as white space", "[\194\1601]", 0, 2, "found byte 0xC2"),
  malformed("a NUL behind the end", "[1]\0", 1, 4, "expected nothing behind the end"),
  malformed("a comment", "[1, // one\n2]", 1, 5, "expected a value"),
  malformed("a comment of C", "{/* none */}", 0, 2, "expected a name in quotes"),
  malformed("a fault on a later line", '{"a":1}\n{"a":2}\n{"a":x}\n', 2, 22, "expected a value"),
  malformed("a fault on a later row", '[{"a":1},\n {"a":2},\n {"a":}]', 2, 27, "expected a"),
  malformed("a fault deep in a row", '[{"a":[{"b":[1,{"c":tru}]}]}]', 0, 24, "expected true"),
  malformed("an array where an envelope should be", "[]", 0, 1, "expected an object", path),
  malformed("a scalar where an envelope should be", "1", 0, 1, "expected an object", path),
  malformed("an envelope without its list", '{"data":{"x":1}}', 0, 16, "without its list", path),
  malformed("a list that is null", '{"data":{"reports":null}}', 0, 20, "the list", path),
  malformed("a list that is an object", '{"data":{"reports":{}}}', 0, 20, "the list", path),
  malformed("an array on the way", '{"data":[{"reports":[]}]}', 0, 9, "an object", path),
  malformed("a list that comes twice", '{"data":{"reports":[1],"reports":[2]}}', 1, 34,
    "its list of records twice", path),
  malformed("a fault before the list", '{"a":[1,],"data":{}}', 0, 9, "a value", path),
  malformed("a fault behind the list", '{"data":{"reports":[1]},"z":01}', 1, 30, "zero", path),
  malformed("no comma behind the list", '{"data":{"reports":[1]"z":1}}', 1, 23, "','", path),
  malformed("text behind the envelope", '{"data":{"reports":[1]}} x', 1, 26, "nothing", path),
  malformed("an object where an array should be", '{"a":1}', 0, 1, "expected an array of records",
    { framing = "array" }),
  incomplete("nothing", "", 0, "the text is empty"),
  incomplete("white space alone", " \n ", 0, "the text is empty"),
  incomplete("an array that only opens", "[", 0, "stops inside the list"),
  incomplete("an array without its end", '[{"a":1}', 1, "stops inside the list"),
  incomplete("an array cut behind a digit", "[12,34", 1, "stops inside a value"),
  incomplete("an array cut behind a comma", '[{"a":1},', 1, "stops inside the list"),
  incomplete("an array cut in a row", '[{"a":1},{"a":', 1, "stops inside an object"),
  incomplete("an array cut in an inner array", '[{"a":[1,', 0, "stops inside an array"),
  incomplete("an array cut in a string", '[{"a":"b', 0, "stops inside a string"),
  incomplete("an array cut in an escape", '[{"a":"\\', 0, "stops inside a string"),
  incomplete("an array cut in a character", '["\226\130', 0, "stops inside a string"),
  incomplete("an array cut in a number", '[{"a":-', 0, "stops inside a value"),
  incomplete("an array cut in a literal", "[tru", 0, "stops inside a value"),
  incomplete("lines cut in a row", '{"a":1}\n{"a":2', 1, "stops inside a value"),
  incomplete("lines cut behind a name", '{"a":1}\n{"a"', 1, "stops inside an object"),
  incomplete("an envelope cut before its list", '{"data":{', 0, "stops inside the env", path),
  incomplete("an envelope cut in its list", '{"data":{"reports":["x', 0, "a string", path),
  incomplete("an envelope cut in a number", '{"data":{"reports":[1', 0, "inside a value", path),
  incomplete("an envelope cut behind its list", '{"data":{"reports":[1]}', 1, "stops", path),
}

return M
