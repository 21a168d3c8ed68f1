rockspec_format = "3.0"
package = "costream"
version = "scm-1"

source = {
  url = "git+file://.",
}

description = {
  summary = "Streams what a company's clouds cost",
  detailed = [[
    Consumption rows of the Open Telekom Cloud Enterprise Dashboard API and report pages of the
    IBM Cloud Enterprise Usage Reports API, streamed in constant memory: an HTTP core on libcurl
    and an incremental, strict JSON engine, both in C, with coroutine-friendly iterators.
  ]],
  license = "MIT",
  labels = { "cloud", "cost", "json", "http", "streaming" },
}

dependencies = {
  "lua >= 5.1, < 5.5",
}

external_dependencies = {
  -- No header: Debian has curl/curl.h in a directory that LuaRocks does not look in.
  CURL = { library = "curl" },
  ZLIB = { header = "zlib.h", library = "z" },
}

build = {
  type = "builtin",
  modules = {
    ["costream.core"] = {
      sources = {
        "src/binding/core.c",
        "src/binding/event_loop.c",
        "src/binding/failure.c",
        "src/binding/reader.c",
        "src/binding/request.c",
        "src/binding/row.c",
        "src/http/easy.c",
        "src/http/error_body.c",
        "src/http/failure.c",
        "src/http/gunzip.c",
        "src/http/loop.c",
        "src/http/poller_epoll.c",
        "src/http/poller_poll.c",
        "src/http/queue.c",
        "src/http/receive.c",
        "src/http/request.c",
        "src/http/response_head.c",
        "src/http/transfer.c",
        "src/http/url.c",
        "src/json/buffer.c",
        "src/json/decimal.c",
        "src/json/eisel_lemire.c",
        "src/json/envelope.c",
        "src/json/frame.c",
        "src/json/number.c",
        "src/json/powers_of_five.c",
        "src/json/scan.c",
        "src/json/string.c",
        "src/json/validator.c",
        "src/json/walk.c",
      },
      defines = { "_POSIX_C_SOURCE=200809L", "_DEFAULT_SOURCE" },
      incdirs = { "src", "$(CURL_INCDIR)", "$(ZLIB_INCDIR)" },
      libdirs = { "$(CURL_LIBDIR)", "$(ZLIB_LIBDIR)" },
      libraries = { "curl", "z" },
    },
    ["costream.answer"] = "lua/costream/answer.lua",
    ["costream.check"] = "lua/costream/check.lua",
    ["costream.client"] = "lua/costream/client.lua",
    ["costream.conceal"] = "lua/costream/conceal.lua",
    ["costream.condition"] = "lua/costream/condition.lua",
    ["costream.credential"] = "lua/costream/credential.lua",
    ["costream.decode"] = "lua/costream/decode.lua",
    ["costream.error"] = "lua/costream/error.lua",
    ["costream.excerpt"] = "lua/costream/excerpt.lua",
    ["costream.format"] = "lua/costream/format.lua",
    ["costream.format.arguments"] = "lua/costream/format/arguments.lua",
    ["costream.format.csv"] = "lua/costream/format/csv.lua",
    ["costream.format.json"] = "lua/costream/format/json.lua",
    ["costream.format.number"] = "lua/costream/format/number.lua",
    ["costream.format.table"] = "lua/costream/format/table.lua",
    ["costream.format.text"] = "lua/costream/format/text.lua",
    ["costream.iam"] = "lua/costream/iam.lua",
    ["costream.ibm"] = "lua/costream/ibm.lua",
    ["costream"] = "lua/costream/init.lua",
    ["costream.otc"] = "lua/costream/otc.lua",
    ["costream.pages"] = "lua/costream/pages.lua",
    ["costream.query"] = "lua/costream/query.lua",
    ["costream.reader_options"] = "lua/costream/reader_options.lua",
    ["costream.records"] = "lua/costream/records.lua",
    ["costream.refusal"] = "lua/costream/refusal.lua",
    ["costream.shape"] = "lua/costream/shape.lua",
    ["costream.stream"] = "lua/costream/stream.lua",
    ["costream.task"] = "lua/costream/task.lua",
    ["costream.usage"] = "lua/costream/usage.lua",
    ["costream.version"] = "lua/costream/version.lua",
  },
}
