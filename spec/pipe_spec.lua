--- `costream.records` of pipes: rows come when they are there, not when a buffer is full.

local costream = require "costream"

local function numbers(rows)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = row.n
  end
  return list
end

describe("records of a pipe", function()
  --- A pipe of texts, each of which is written when the gate behind the one before is open; a
  --- function that opens a gate; one that removes them.
  local function pipe_of(texts)
    local gates, commands = {}, {}
    for i, text in ipairs(texts) do
      gates[i] = os.tmpname()
      os.remove(gates[i])
      commands[i] = ("printf %%s '%s'"):format(text)
      commands[i] = commands[i] .. ("; until [ -e %s ]; do sleep 0.01; done"):format(gates[i])
    end
    return assert(io.popen(table.concat(commands, "; "))), function(i)
      assert(io.open(gates[i], "w")):close()
    end, function()
      for _, gate in ipairs(gates) do
        os.remove(gate)
      end
    end
  end

  for name, texts in pairs {
    lines = { '{"n":1}\n', '{"n":2}\n{"n":3}\n', '{"n":4}\n' },
    ["an array without lines"] = { '[{"n":1},', '{"n":2},{"n":3},', '{"n":4}]' },
    ["an array whose rows are cut"] = { '[{"n":1},{"n"', ':2},{"n":3},{"n":', '4}]' },
  } do
    it("gives each row before the next is written: " .. name, function()
      local pipe, open_gate, clean_up = pipe_of(texts)
      local stream = costream.records(pipe)
      local rows = { stream() }
      open_gate(1)
      rows[2], rows[3] = stream(), stream()
      open_gate(2)
      rows[4] = stream()
      open_gate(3)
      assert.is_nil(stream())
      pipe:close()
      clean_up()
      assert.same({ 1, 2, 3, 4 }, numbers(rows))
    end)
  end

  it("gives plain values before the next is written", function()
    local pipe, open_gate, clean_up = pipe_of { "[1,", "2]" }
    local stream = costream.records(pipe)
    assert.equal(1, stream())
    open_gate(1)
    assert.equal(2, stream())
    open_gate(2)
    assert.is_nil(stream())
    pipe:close()
    clean_up()
  end)

  it("begins where the program has read to", function()
    local pipe, open_gate, clean_up = pipe_of { 'a head\n{"n":1}\n{"n":2}\n', '{"n":3}\n' }
    assert.equal("a head", pipe:read "*l")
    local stream = costream.records(pipe)
    local rows = { stream(), stream() }
    open_gate(1)
    rows[3] = stream()
    open_gate(2)
    assert.same({ 1, 2, 3 }, numbers(rows))
    assert.is_nil(stream())
    pipe:close()
    clean_up()
  end)

  it("gives all rows of one that is written faster than it is read", function()
    local pipe = assert(io.popen "seq 1 200000")
    local rows, failure = costream.records(pipe):collect()
    pipe:close()
    assert.is_nil(failure)
    assert.equal(200000, #rows)
    assert.equal(200000, rows[200000])
  end)

  it("gives the rows of a FIFO as they come", function()
    local name = os.tmpname()
    os.remove(name)
    assert(os.execute("mkfifo " .. name))
    local writer = assert(io.popen(
      ("exec 3>%s; echo 1 >&3; until [ -e %s.on ]; do sleep 0.01; done; echo 2 >&3"):format(
        name, name), "w"))
    local fifo = assert(io.open(name))
    local stream = costream.records(fifo)
    assert.equal(1, stream())
    assert(io.open(name .. ".on", "w")):close()
    assert.same({ 2 }, stream:collect())
    fifo:close()
    writer:close()
    os.remove(name)
    os.remove(name .. ".on")
  end)
end)
