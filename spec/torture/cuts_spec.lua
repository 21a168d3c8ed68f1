--- The connection is cut at every byte of an answer: no row is lost, none comes twice, and
--- nothing short looks whole.

local documents = require "torture.documents"
local faults = require "faults_support"
local support = require "support"

local soon = { tries = 5, base = 0.001, cap = 0.002 }
local stubborn = { retry = soon }
local resigned = { retry = false }

--- How many bytes come before an answer is cut: 0, 1 ... or in the short form those numbers
--- around what has a meaning and some between.
local function cuts_of(bytes)
  local head = select(2, bytes:find "\r\n\r\n")
  local row_end = bytes:find("}[,\n]", head) or #bytes
  local meant = { 0, 1, head - 1, head, head + 1, row_end, row_end + 1 }
  for cut = #bytes - 6, #bytes - 1 do
    meant[#meant + 1] = cut
  end
  for cut = 0, #bytes - 1, support.amount(97, 1) do
    meant[#meant + 1] = cut
  end
  table.sort(meant)
  local cuts = {}
  for _, cut in ipairs(meant) do
    if cut < #bytes and cut ~= cuts[#cuts] then
      cuts[#cuts + 1] = cut
    end
  end
  return cuts
end

local both = { "fin", "rst" }

--- Calls fn(parameters of a URL, place for messages, the bytes that come) for each cut of each
--- page, of which the bytes are given.
local function each_cut(pages, fn)
  for page, bytes in ipairs(pages) do
    for i, cut in ipairs(cuts_of(bytes)) do
      for _, how in ipairs(support.amount({ both[i % 2 + 1] }, both)) do
        local place = ("page %d cut behind byte %d of %d by %s"):format(page, cut, #bytes, how)
        local parameters = "page=%d,cut=%d,how=%s,run=%s"
        fn(parameters:format(page, cut, how, faults.new_run()), place, bytes:sub(1, cut))
      end
    end
  end
end

--- Rows as text, one in a line, and what reading them failed with.
local function read_rows(stream, shown)
  shown = shown or {}
  local ok, failure = pcall(function()
    for row in stream do
      shown[#shown + 1] = documents.show(row)
    end
  end)
  return table.concat(shown, "\n"), not ok and failure or nil
end

local function read_values(stream, names)
  local shown = {}
  local ok, failure = pcall(function()
    for n, first, second in stream:values((table.unpack or unpack)(names)) do
      shown[#shown + 1] = ("%d %s %s"):format(n, tostring(first), tostring(second))
    end
  end)
  return table.concat(shown, "\n"), not ok and failure or nil
end

local function read_fold(stream, document)
  local groups, failure = stream:fold {
    by = { document.by }, sum = { document.sum }, count = true,
  }
  return groups and documents.show(groups), failure
end

local function starts_with(whole, start)
  return whole == start or start == "" or whole:sub(1, #start + 1) == start .. "\n"
end

--- Is the end of an answer proved, though some bytes of it are missing? The last chunk may lack
--- its last line feed; and behind the end of an array or an object there may be no chunk at all.
local function is_whole(document, bytes)
  local body = bytes:match "\r\n\r\n(.*)" or ""
  return body:find "\r\n0\r\n\r$"
    or not document.name:find "lines" and body:find "[%]}]\r\n[0\r\n]*$"
end

local all = {}
for _, framing in ipairs { "length", "chunked", "close" } do
  for _, gzip in ipairs { false, true } do
    local how = { framing = framing, gzip = gzip }
    all[#all + 1] = framing ~= "close" and documents.otc("lines", how) or nil
    all[#all + 1] = documents.otc("array", how)
    if support.amount(gzip == (framing == "chunked"), true) then
      all[#all + 1] = documents.iam(how)
      for _, method in ipairs { "reports", "usage", "pages" } do
        all[#all + 1] = documents.ibm(method, how)
      end
    end
  end
end

for _, document in ipairs(all) do
  describe(document.name .. ", cut at each byte,", function()
    local url, pages, whole, values, groups

    setup(function()
      faults.set(document.set, document.answers)
      url, pages = faults.url(document.set), {}
      for page, target in ipairs(document.targets) do
        pages[page] = faults.bytes(document.set, target)
      end
      local stream = document.open(url, resigned)
      whole = read_rows(stream)
      assert.are.equal(document.count, stream:stats().rows)
      if document.values then
        values = assert(read_values(document.open(url, resigned), document.values))
        groups = assert(read_fold(document.open(url, resigned), document))
      end
    end)

    it("is an error behind some of its rows where nothing is tried again", function()
      each_cut(pages, function(parameters, place, bytes)
        local stream = document.open(faults.url(document.set, parameters), resigned)
        local rows, failure = read_rows(stream)
        if not failure and is_whole(document, bytes) then
          assert.are.equal(whole, rows, place)
        else
          assert.is_not_nil(failure, place .. " passes for whole")
          assert.is_true(starts_with(whole, rows), place .. " gives other rows:\n" .. rows)
          assert.is_true(failure.kind == "network" or failure.kind == "incomplete",
            place .. " is of kind " .. failure.kind)
        end
      end)
    end)

    if document.values then
      it("gives no groups where nothing is tried again", function()
        each_cut(pages, function(parameters, place, bytes)
          local stream = document.open(faults.url(document.set, parameters), resigned)
          local folded, failure = read_fold(stream, document)
          if not failure and is_whole(document, bytes) then
            assert.are.equal(groups, folded, place)
          else
            assert.is_not_nil(failure, place .. " passes for whole")
            assert.is_nil(folded, place)
          end
        end)
      end)
    end

    it("has every row exactly once with retries, and none counts twice", function()
      local options = { retry = soon, limits = document.values and { rows = document.count } }
      each_cut(pages, function(parameters, place, bytes)
        parameters = ("%s,times=%d"):format(parameters, 1 + #bytes % 3)
        local stream = document.open(faults.url(document.set, parameters), options)
        local rows, failure = read_rows(stream)
        assert.is_nil(failure, place)
        assert.are.equal(whole, rows, place)
      end)
    end)

    if document.values then
      it("has the same values and the same sums with retries", function()
        each_cut(pages, function(parameters, place)
          parameters = "times=1," .. parameters
          local function open(run)
            return document.open(faults.url(document.set, parameters .. run), stubborn)
          end
          local read, failure = read_values(open "-values", document.values)
          assert.is_nil(failure, place)
          assert.are.equal(values, read, place)
          read, failure = read_fold(open "-fold", document)
          assert.is_nil(failure, place)
          assert.are.equal(groups, read, place)
        end)
      end)
    end

    it("has every row exactly once when another stream resumes it", function()
      each_cut(pages, function(parameters, place)
        local broken = document.open(faults.url(document.set, parameters), resigned)
        local shown = {}
        read_rows(broken, shown)
        local resumed = document.open(url, resigned, { resume = broken:cursor() })
        local rows, failure = read_rows(resumed, shown)
        assert.is_nil(failure, place)
        assert.are.equal(whole, rows, place)
      end)
    end)
  end)
end

it("an answer that is cut behind each of its rows in turn takes two tries for each", function()
  local rows = {}
  for i = 1, support.amount(40, 400) do
    rows[i] = ('{"resource_id":"r-%d","amount":%d}'):format(i, i)
  end
  local document = documents.otc("lines", { framing = "length" }, rows)
  local target = document.targets[1]
  faults.set("behind-each", document.answers)
  local bytes = faults.bytes("behind-each", target)
  local turns = {}
  for at in bytes:gmatch "}()\n" do
    turns[#turns + 1] = { { send = bytes:sub(1, at) }, "reset" }
  end
  turns[#rows] = { { send = bytes } }
  faults.set("behind-each", { [target] = { turns = turns } })
  local stream = document.open(faults.url("behind-each", "run=" .. faults.new_run()), {
    retry = { tries = 2, base = 0.001, cap = 0.002 },
  })
  for i, row in ipairs(assert(stream:collect())) do
    assert.are.equal(i, row.amount)
  end
  assert.are.equal(#rows, stream:stats().rows)
  assert.are.equal(#rows - 1, stream:stats().retries)
end)
