--- costream: streams what a company's clouds cost.

local core = require "costream.core"
local errors = require "costream.error"
local format = require "costream.format"
local host = require "costream.host"
local ibm = require "costream.ibm"
local otc = require "costream.otc"
local records = require "costream.records"
local run = require "costream.run"
local version = require "costream.version"

---@class costream
local costream = {
  --- The module's version.
  ---@type string
  version = version,

  --- What a null is with `nulls = true`: lua-cjson's `cjson.null`.
  ---@type lightuserdata
  null = core.null,

  --- Printing: tables with bars, CSV, NDJSON, amounts.
  format = format,

  --- A client of the Open Telekom Cloud's Enterprise Dashboard.
  otc = otc.new,

  --- A client of IBM Cloud's Enterprise Usage Reports.
  ibm = ibm.new,

  --- A stream over bytes that are already here.
  records = records.open,

  --- Runs a function as a task, and all that it spawns, many streams at once.
  run = run.run,

  --- Starts one more task beside the one that calls it.
  spawn = run.spawn,

  --- Lets a host with an event loop of its own do the waiting.
  use_wait = host.use_wait,

  --- Has streams wait in the loop of luv, or of Neovim.
  use_luv = host.use_luv,

  --- Is a value an error of costream's?
  is_error = errors.is,

  --- Does all network work that is ready, without waiting: for hosts with a loop of their own.
  ---@type fun()
  step = host.step,

  --- Seconds until `step` has work by itself; nil for never.
  ---@type fun(): number?
  timeout = host.timeout,

  --- The descriptor that is readable when `step` has work; nil where the system has none.
  ---@type fun(): integer?
  pollfd = host.pollfd,
}

return costream
