--- Asks servers for rows, in a process of its own: tls_probe.lua CA_FILE URL...
-- A word for each: "trusted", or what kind of error it was. CA_FILE may be "-" for none.

local costream = require "costream"

for i = 2, #arg do
  local client = costream.otc {
    token = "a-token", base_url = arg[i], ca_file = arg[1] ~= "-" and arg[1] or nil,
  }
  local rows, failure = client:hourly():collect()
  print(rows and "trusted" or failure.kind)
end
