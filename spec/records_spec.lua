--- `costream.records`: sources, framings, faults and limits, however the bytes are cut.

local corpus = require "corpus"
local costream = require "costream"
local support = require "support"

local read, outcome = corpus.read, corpus.outcome

local function fields(rows, name)
  local values = {}
  for i, row in ipairs(rows) do
    values[i] = row[name]
  end
  return values
end

local function file_of(text)
  local file = assert(io.tmpfile())
  file:write(text)
  file:seek "set"
  return file
end

local lines = '{"n":1}\n{"n":2}\n{"n":3}\n'

describe("records of a string", function()
  it("gives its rows in order", function()
    assert.same({ 1, 2, 3 }, fields(read(lines), "n"))
  end)

  it("gives the rows of one that is larger than any window", function()
    local parts = {}
    for i = 1, 60000 do
      parts[i] = ('{"n":%d,"text":"%s"}'):format(i, ("x"):rep(i % 50))
    end
    local count = 0
    for row in costream.records("[" .. table.concat(parts, ",") .. "]") do
      count = count + 1
      assert(row.n == count and #row.text == count % 50)
    end
    assert.equal(60000, count)
  end)

  it("gives a row that is larger than any window", function()
    local text = ("0123456789"):rep(200000)
    local rows = read('[{"text":"' .. text .. '"},{"text":"y"}]')
    assert.equal(2, #rows)
    assert.is_true(rows[1].text == text)
    assert.equal("y", rows[2].text)
  end)
end)

describe("records of a file", function()
  it("gives its rows and leaves the file open", function()
    local file = file_of(lines)
    assert.same({ 1, 2, 3 }, fields(read(file), "n"))
    assert.equal("file", io.type(file))
    file:close()
  end)

  it("are incomplete when it is closed before its end", function()
    local file = file_of(('{"n":1}\n'):rep(100000))
    local stream = costream.records(file)
    assert.are.equal(1, stream().n)
    file:close()
    local rows, failure = support.drain(stream)
    assert.is_true(#rows < 99999)
    assert.are.equal("incomplete", failure.kind)
    assert.matches("the file was closed", failure.message, nil, true)
  end)

  it("begins where the file stands", function()
    local file = file_of(lines)
    file:read "*l"
    assert.same({ 2, 3 }, fields(read(file), "n"))
    file:close()
  end)

  it("reads one of many chunks", function()
    local file = file_of(lines:rep(20000))
    assert.equal(60000, #read(file))
    file:close()
  end)

  it("reports a file that cannot be read", function()
    local directory = assert(io.open "/")
    local rows, failure = read(directory)
    directory:close()
    assert.same({}, rows)
    assert.equal("incomplete", failure.kind)
    assert.matches("the source failed", failure.message, nil, true)
  end)

  it("is misuse when the file is closed", function()
    local file = file_of(lines)
    file:close()
    assert.matches("source: the file is closed", support.raised(costream.records, file))
  end)
end)

describe("records of a function", function()
  it("gives the rows of its chunks", function()
    local rows = read(corpus.chunks('{"n"', ':1}\n{"n":2', "}\n", '{"n":3}'))
    assert.same({ 1, 2, 3 }, fields(rows, "n"))
  end)

  it("goes on after empty chunks", function()
    assert.same({ 1, 2, 3 }, fields(read(corpus.chunks("", lines, "", "")), "n"))
  end)

  it("calls for a chunk only when no whole row is left", function()
    local calls = 0
    local stream = costream.records(function()
      calls = calls + 1
      return '{"n":1}\n{"n":2}\n'
    end)
    assert.equal(0, calls)
    assert.equal(2, #stream:collect(2))
    assert.equal(1, calls)
    assert.equal(1, #stream:collect(1))
    assert.equal(2, calls)
  end)

  it("does not call again after the end", function()
    local calls = 0
    local stream = costream.records(function()
      calls = calls + 1
      return calls == 1 and "[1]" or nil
    end)
    assert.same({ 1 }, stream:collect())
    local ended = calls
    assert.is_nil(stream())
    assert.equal(ended, calls)
  end)

  it("takes nil and a message for a failure, and gives the rows before it", function()
    local chunks = corpus.chunks(lines)
    local rows, failure = read(function()
      local chunk = chunks()
      if chunk then
        return chunk
      end
      return nil, "the tape broke"
    end)
    assert.same({ 1, 2, 3 }, fields(rows, "n"))
    assert.is_true(costream.is_error(failure))
    assert.equal("incomplete", failure.kind)
    assert.equal(3, failure.rows)
    assert.matches("the tape broke", failure.message, nil, true)
  end)

  for name, chunk in pairs { number = 1, table = {}, ["boolean false"] = false } do
    it("is misuse when it returns a " .. name, function()
      local failure = support.raised(costream.records(function() return chunk end))
      assert.is_string(failure)
      assert.matches("the function must return a string or nil", failure, nil, true)
    end)
  end

  it("raises what it raises, as it is", function()
    local oops = {}
    local stream = costream.records(function() error(oops) end)
    assert.equal(oops, support.raised(stream))
  end)
end)

describe("framing", function()
  it("takes each line of arrays for a row when told so", function()
    local rows = read("[1]\n[2,3]\n", { framing = "lines" })
    assert.same({ 1, 2 }, { #rows[1], #rows[2] })
  end)

  it("takes the elements of an array for rows when told so", function()
    assert.equal(3, #read(" [1,2,3]", { framing = "array" }))
  end)

  it("allows no rows at all when the framing is known to be lines", function()
    for _, text in ipairs { "", "\n", " \r\n\t" } do
      local rows, failure = read(text, { framing = "lines" })
      assert.is_nil(failure)
      assert.same({}, rows)
    end
  end)

  it("finds the list of an envelope by its path alone", function()
    local text = '{"reports":[0],"a":{"reports":[0],"b":{"reports":[1,2]}}}'
    assert.same({ 1, 2 }, (read(text, { path = "a.b.reports[]" })))
    assert.same({ 0 }, (read(text, { path = "reports[]" })))
  end)

  it("takes the last of an envelope's objects of the same name that has the list", function()
    local text = '{"a":{"x":1},"a":{"list":[1,2]}}'
    assert.same({ 1, 2 }, (read(text, { path = "a.list[]" })))
  end)
end)

describe("each document that is right", function()
  for _, document in ipairs(corpus.right) do
    local name, text, count, options = document[1], document[2], document[3], document[4]

    it("gives all its rows: " .. name, function()
      local rows, failure = read(text, options)
      assert.is_nil(failure)
      assert.equal(count, #rows)
    end)

    it("gives the same wherever it is cut: " .. name, function()
      local whole = outcome(text, options)
      for size = 1, 7 do
        assert.equal(whole, outcome(corpus.pieces(text, size), options))
      end
      for at = 0, #text do
        local halves = corpus.chunks(text:sub(1, at), text:sub(at + 1))
        assert.equal(whole, outcome(halves, options), "cut behind byte " .. at)
      end
    end)
  end
end)

describe("each document that is wrong", function()
  for _, document in ipairs(corpus.wrong) do
    local text, options = document.text, document.options

    it("is refused, with the place and behind the rows before it: " .. document.name, function()
      local rows, failure = read(text, options)
      assert.is_true(costream.is_error(failure))
      assert.equal(document.kind, failure.kind)
      assert.matches(document.message, failure.message, nil, true)
      local place = { failure.row, failure.line, failure.column, failure.byte }
      assert.same({ document.rows + 1, document.line, document.column, document.byte }, place)
      assert.equal(document.rows, #rows)
      assert.equal(document.rows, failure.rows)
    end)

    it("fails the same wherever it is cut: " .. document.name, function()
      local whole = outcome(text, options)
      for size = 1, 7 do
        assert.equal(whole, outcome(corpus.pieces(text, size), options))
      end
      for at = 0, #text do
        local halves = corpus.chunks(text:sub(1, at), text:sub(at + 1))
        assert.equal(whole, outcome(halves, options), "cut behind byte " .. at)
      end
    end)
  end

end)

describe("a text that is cut", function()
  local function proves_its_end(text, options)
    local framing, path = options and options.framing, options and options.path
    return path or not framing and text:find "^%s*%["
  end

  it("is incomplete wherever that is, when it is an array or an envelope", function()
    local tried = 0
    for _, document in ipairs(corpus.right) do
      local text, options = document[2]:gsub("%s+$", ""), document[4]
      for length = 0, proves_its_end(text, options) and #text - 1 or -1 do
        local _, failure = read(text:sub(1, length), options)
        assert.is_table(failure, document[1] .. " cut behind byte " .. length)
        assert.equal("incomplete", failure.kind)
        tried = tried + 1
      end
    end
    assert.is_true(tried > 500)
  end)

  it("is incomplete when it is lines, unless that is at the end of one", function()
    for length = 0, #lines do
      local _, failure = read(lines:sub(1, length), { framing = "lines" })
      local at_end = length % 8 == 0 or length % 8 == 7
      assert.equal(not at_end and "incomplete" or nil, failure and failure.kind)
    end
  end)
end)

describe("the message of a failure", function()
  it("is one readable line with the place, the count and what to do", function()
    local _, failure = read '{"a":1}\n{"a":}\n'
    assert.equal("malformed: row 2, line 2, column 6, byte 14: expected a value, found '}' "
      .. "(after 1 row). " .. failure.recovery, tostring(failure))
    assert.is_true(#failure.recovery > 0)
  end)

  it("shows no byte that could disturb a terminal", function()
    for byte = 0, 255 do
      local _, failure = read("[1," .. string.char(byte))
      assert.is_nil(tostring(failure):find "[%c\127-\255]")
    end
  end)
end)

describe("limits", function()
  local function limit(name, value)
    return { limits = { [name] = value } }
  end

  local function assert_limit(name, rows, place, text, options)
    local got, failure = read(text, options)
    assert.equal(rows, #got)
    assert.equal("limit", failure and failure.kind)
    assert.matches("limits." .. name, failure.message, nil, true)
    assert.same(place, { failure.row, failure.byte })
    assert.equal(outcome(text, options), outcome(corpus.pieces(text, 1), options))
  end

  it("allows a row of exactly record_bytes", function()
    assert.equal(2, #read('["12345678",1234567890]', limit("record_bytes", 10)))
    assert.equal(1, #read("1234567890", limit("record_bytes", 10)))
  end)

  it("refuses a row of one byte more", function()
    assert_limit("record_bytes", 1, { 2, 14 }, '[1,"123456789"]', limit("record_bytes", 10))
    assert_limit("record_bytes", 0, { 1, 12 }, "[12345678901]", limit("record_bytes", 10))
    assert_limit("record_bytes", 0, { 1, 11 }, "12345678901", limit("record_bytes", 10))
  end)

  it("refuses a row that never ends, once it is too long", function()
    local given = 0
    local rows, failure = read(function()
      given = given + 1
      return given == 1 and '["' or ("x"):rep(1000)
    end, limit("record_bytes", 100000))
    assert.same({}, rows)
    assert.equal("limit", failure.kind)
    assert.is_true(given < 500)
  end)

  it("does not count white space between rows", function()
    assert.equal(2, #read("[1" .. (" "):rep(1000) .. "," .. ("\n"):rep(1000) .. "2]",
      limit("record_bytes", 1)))
  end)

  it("counts what stands around an envelope's list", function()
    local text = '{"note":"%s","list":[1]}'
    local options = { path = "list[]", limits = { record_bytes = 40 } }
    assert.equal(1, #read(text:format(("x"):rep(20)), options))
    assert_limit("record_bytes", 0, { 1, 49 }, text:format(("x"):rep(50)), options)
  end)

  it("allows as many levels as depth says", function()
    assert.equal(1, #read('{"a":{"b":[1]}}', limit("depth", 3)))
    assert.equal(3, #read("[1,{},[]]", limit("depth", 1)))
  end)

  it("refuses one level more", function()
    assert_limit("depth", 1, { 2, 14 }, '{}\n{"a":{"b":[1]}}', limit("depth", 2))
    assert_limit("depth", 0, { 1, 514 }, ("["):rep(600), { limits = { depth = 512 } })
  end)

  it("allows 512 levels when nothing is said, and up to 1024", function()
    local function nested(levels)
      return "[" .. ("["):rep(levels) .. ("]"):rep(levels) .. "]"
    end
    assert.equal(1, #read(nested(512)))
    assert_limit("depth", 0, { 1, 514 }, nested(513))
    assert.equal(1, #read(nested(1024), limit("depth", 1024)))
  end)

  it("is told when a piece ends at body_bytes, inside a row", function()
    for _, rest in ipairs { "x", ("x"):rep(300000) } do
      local chunks = corpus.chunks('{"a":"' .. ("x"):rep(94), rest, rest, '"}')
      local _, failure = costream.records(chunks, limit("body_bytes", 100)):collect()
      assert.are.same({ "limit", 1 }, { failure.kind, failure.row })
      assert.matches("longer than limits.body_bytes allows", failure.message, nil, true)
    end
  end)

  it("allows a text of exactly body_bytes", function()
    assert.equal(2, #read("[1,2]", limit("body_bytes", 5)))
  end)

  it("refuses a text of one byte more, behind the rows that fit", function()
    assert_limit("body_bytes", 1, { 2, 5 }, "[1,2]", limit("body_bytes", 4))
    assert_limit("body_bytes", 2, { 3, 6 }, "[1,2]\n", limit("body_bytes", 5))
    assert_limit("body_bytes", 1, { 2, 13 }, '{"a":1}\n{"a":2}', limit("body_bytes", 12))
  end)
end)
