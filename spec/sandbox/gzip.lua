-- gzip through zlib itself, so that every flushed batch can be read at once.
local ffi = require "ffi"

ffi.cdef [[
typedef struct {
  const char *next_in; unsigned avail_in; unsigned long total_in;
  char *next_out; unsigned avail_out; unsigned long total_out;
  const char *msg; void *state; void *zalloc; void *zfree; void *opaque;
  int data_type; unsigned long adler; unsigned long reserved;
} sandbox_z_stream;
const char *zlibVersion(void);
int deflateInit2_(sandbox_z_stream *, int level, int method, int window_bits,
  int memory_level, int strategy, const char *version, int stream_size);
int deflate(sandbox_z_stream *, int flush);
int deflateEnd(sandbox_z_stream *);
]]

local zlib = ffi.load "libz.so.1"
local fastest, deflated, gzip_window, memory_level = 1, 8, 15 + 16, 8
local sync_flush, finish = 2, 4
local room = 65536
local out = ffi.new("char[?]", room)

local M = {}
M.__index = M

local function run(stream, text, flush)
  local parts = {}
  stream.next_in, stream.avail_in = text, #text
  repeat
    stream.next_out, stream.avail_out = out, room
    zlib.deflate(stream, flush)
    parts[#parts + 1] = ffi.string(out, room - stream.avail_out)
  until stream.avail_out > 0
  return table.concat(parts)
end

function M.new()
  local stream = ffi.new "sandbox_z_stream"
  assert(zlib.deflateInit2_(stream, fastest, deflated, gzip_window, memory_level, 0,
    zlib.zlibVersion(), ffi.sizeof(stream)) == 0)
  return setmetatable({stream = ffi.gc(stream, zlib.deflateEnd)}, M)
end

function M:add(text)
  if text == "" then return "" end
  return run(self.stream, text, sync_flush)
end

function M:finish()
  local rest = run(self.stream, "", finish)
  ffi.gc(self.stream, nil)
  zlib.deflateEnd(self.stream)
  return rest
end

return M
