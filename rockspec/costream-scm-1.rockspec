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
        "src/binding/condition.c",
        "src/binding/core.c",
        "src/binding/event_loop.c",
        "src/binding/failure.c",
        "src/binding/fold.c",
        "src/binding/plan.c",
        "src/binding/reader.c",
        "src/binding/request.c",
        "src/binding/row.c",
        "src/binding/scalar.c",
        "src/binding/strings.c",
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
        "src/json/index.c",
        "src/json/kernel.c",
        "src/json/kernel_avx2.c",
        "src/json/kernel_avx512.c",
        "src/json/kernel_plain.c",
        "src/json/kernel_sse2.c",
        "src/json/names.c",
        "src/json/number.c",
        "src/json/parse.c",
        "src/json/powers_of_five.c",
        "src/json/records.c",
        "src/json/scan.c",
        "src/json/shapes.c",
        "src/json/string.c",
        "src/json/template.c",
        "src/json/unquoted.c",
        "src/json/validator.c",
        "src/json/walk.c",
        "src/query/arena.c",
        "src/query/column.c",
        "src/query/condition.c",
        "src/query/extreme.c",
        "src/query/fold.c",
        "src/query/group.c",
        "src/query/key.c",
        "src/query/key_set.c",
        "src/query/needle.c",
        "src/query/plan.c",
        "src/query/scalar.c",
        "src/query/sum.c",
        "src/query/usage.c",
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
    ["costream.fold"] = "lua/costream/fold.lua",
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
    ["costream.plan"] = "lua/costream/plan.lua",
    ["costream.query"] = "lua/costream/query.lua",
    ["costream.reader_options"] = "lua/costream/reader_options.lua",
    ["costream.records"] = "lua/costream/records.lua",
    ["costream.refusal"] = "lua/costream/refusal.lua",
    ["costream.shape"] = "lua/costream/shape.lua",
    ["costream.stream"] = "lua/costream/stream.lua",
    ["costream.task"] = "lua/costream/task.lua",
    ["costream.version"] = "lua/costream/version.lua",
  },
}
