--- What the tables of answers are made of: heads, bodies, and steps that are no bytes.
--
-- An answer is a list of steps of the fault server, and of strings, which are sent. Where nothing
-- else is said, the connection is closed behind it.

local M = {}

--- Three rows of the service, one a line.
M.lines = {
  '{"amount":1.5,"product":"A"}\n',
  '{"amount":2.5,"product":"B"}\n',
  '{"amount":4.25,"product":"C"}\n',
}
M.body = table.concat(M.lines)

--- Says nothing for some seconds.
function M.wait(seconds)
  return { wait = seconds }
end

--- Sends bytes in pieces of a size, each some seconds after the one before.
function M.drip(bytes, size, seconds)
  return { send = bytes, drip = size, every = seconds }
end

--- Sends the same bytes many times.
function M.times(count, bytes)
  return { send = bytes, ["repeat"] = count }
end

--- Lines, each with its end, and the empty line behind the last.
function M.head(...)
  return table.concat({ ... }, "\r\n") .. "\r\n\r\n"
end

--- A status line with headers, a length and a body.
function M.status(line, body, ...)
  return M.head("HTTP/1.1 " .. line, "Content-Length: " .. #body, ...) .. body
end

--- An answer of status 200 with these headers, a right length and a body (the rows).
function M.ok(body, ...)
  return M.status("200 OK", body or M.body, ...)
end

--- An answer of status 200 with these headers alone, and the rows.
function M.bare(...)
  return M.head("HTTP/1.1 200 OK", ...) .. M.body
end

--- One chunk of a chunked body. Lua 5.1 and 5.2 format no more of a text than is before a zero.
function M.chunk(bytes)
  return ("%x\r\n"):format(#bytes) .. bytes .. "\r\n"
end

M.last_chunk = "0\r\n\r\n"

--- A chunked answer of status 200 whose body is written out, with these headers besides.
function M.chunked(written, ...)
  return M.head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", ...) .. written
end

local function little_endian(number)
  local bytes = {}
  for i = 1, 4 do
    bytes[i] = string.char(number % 256)
    number = math.floor(number / 256)
  end
  return table.concat(bytes)
end

--- A gzip stream of text, from the tool of that name.
function M.gzip(text)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  file:write(text)
  file:close()
  local pipe = assert(io.popen(("gzip -9nc <'%s'; rm -f '%s'"):format(name, name)))
  local bytes = pipe:read "*a"
  pipe:close()
  return bytes
end

M.packed = M.gzip(M.body)

--- A gzip stream whose last eight bytes, checksum and length, are moved by so much.
function M.with_trailer(packed, checksum_off, length_off)
  local function moved(at, off)
    local number = 0
    for i = 3, 0, -1 do
      number = number * 256 + packed:byte(at + i)
    end
    return little_endian((number + off) % 2 ^ 32)
  end
  return packed:sub(1, -9) .. moved(#packed - 7, checksum_off) .. moved(#packed - 3, length_off)
end

return M
