std = "max"
max_line_length = 98
files["spec"] = { std = "+busted" }
files["spec/sandbox"] = { std = "ngx_lua" }
files["spec/nginx"] = { std = "ngx_lua" }
files["lua/costream/host/nginx.lua"] = { read_globals = { "ngx" } }
files["examples/nginx"] = { std = "ngx_lua" }
files["examples/neovim.lua"] = { globals = { "vim" } }
files["spec/neovim_probe.lua"] = { globals = { "vim" } }
