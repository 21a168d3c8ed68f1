std = "max"
max_line_length = 98
files["spec"] = { std = "+busted" }
files["spec/sandbox"] = { std = "ngx_lua" }
