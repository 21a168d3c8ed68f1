--- Reads texts of many kinds, right and wrong, and prints how many and a digest of all that they
--- gave: the same with each kernel.
--
--     COSTREAM_KERNEL=avx2 lua spec/kernel_probe.lua

package.path = "spec/?.lua;" .. package.path

local corpus = require "corpus"
local costream = require "costream"
local query_support = require "query_support"
local random_records = require "random_records"

local count, digest = 0, 7

local function add(text)
  count = count + 1
  for at = 1, #text do
    digest = (digest * 31 + text:byte(at)) % 4294967291
  end
end

--- Adds what a text gives whole, and what it gives in pieces, as rows, values and a fold.
local function try(text, options)
  add(corpus.outcome(text, options))
  add(corpus.outcome(corpus.pieces(text, 61), options))
  local groups, failure = costream.records(text, options):where("a", "~=", "none")
    :fold { by = { { field = "b", first = 3 } }, count = true }
  add(groups and query_support.show(groups) or tostring(failure))
  local ok, raised = pcall(function()
    for number, a, b in costream.records(corpus.pieces(text, 200), options):values("a", "b") do
      add(number .. corpus.show(a) .. corpus.show(b))
    end
  end)
  add(ok and "end" or tostring(raised))
end

for _, document in ipairs(corpus.right) do
  try(document[2], document[4])
end
for _, document in ipairs(corpus.wrong) do
  try(document.text, document.options)
end

-- What is special, at each place in the blocks that a kernel takes at once.
for _, special in ipairs {
  [[\"]], [[\\]], [[\\\"]], [[\u00e4]], [[\ud83d\ude00]], "ä", "€", "😀", '","c":"', "\127",
  "\1", '"', [[\x]], "\128", "\192\128", "\237\160\128", "\244\144\128\128", "\255", "\195",
} do
  for before = 0, 140, special:find "%w" and 1 or 3 do
    add(corpus.outcome('[{"a":"' .. ("x"):rep(before) .. special .. ("y"):rep(70)
      .. '"},{"b":1}]'))
  end
end
for width = 0, 140 do
  local space = (" \t\r\n"):rep(35):sub(1, width)
  try("[" .. space .. '{"a"' .. space .. ":" .. space .. "1.5" .. space .. "}" .. space .. "]")
  try('{"' .. ("n"):rep(width) .. '":-12.5e' .. width .. ',"a":["' .. ("\\"):rep(width) .. '"]}')
end

local random = query_support.random(4711)
for case = 1, 120 do
  local framing = ({ "array", "lines", "envelope" })[case % 3 + 1]
  local text, options = random_records.new(random, framing, { nulls = case % 2 == 0 })
  try(text, options)
  local at = random(#text)
  try(text:sub(1, at - 1) .. string.char(random(256) - 1) .. text:sub(at + 1), options)
end

local rows = {}
for i = 1, 2000 do
  rows[i] = ('{"a":%d,"b":"text %d","amount":%.2f,"tags":{"t":[%d,"\\u00e4"]}}'):format(
    i, i % 7, i / 100, i)
end
try(table.concat(rows, "\n"))

print(count, ("%.0f"):format(digest))
