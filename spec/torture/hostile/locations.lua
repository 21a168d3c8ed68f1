--- Where a redirect may lead: into the origin, where it is followed, or anywhere else.
--
-- {origin} is the service's scheme, host and port, {base} the path of base_url, {port} the port;
-- {thief} is another port of the same host, {other} the same port of another.

local M = {}

--- Locations in the origin, where the rows are.
M.followed = {
  "{base}/rows",
  "{origin}{base}/rows",
  "{base}/rows#fragment",
  "{base}/rows#@{thief}/",
  "{origin}{base}/rows#/../../x",
  "{base}/./rows",
  "{base}/rows/../rows",
  "{base}/v2/../rows",
  "../../../rows",
  "./../../../rows",
  "{base}/rows?next=http://{thief}/",
  "{base}/rows?@{thief}",
  "{base}/rows?//{thief}/",
  "{base}/rows?a=b&c=d#e?f",
  "//127.0.0.1:{port}{base}/rows",
  "HTTP://127.0.0.1:{port}{base}/rows",
}

--- Locations that lead away, or that not everybody reads alike.
M.refused = {
  -- Another port, another host.
  "http://{thief}/", "http://{thief}/rows", "http://{thief}{base}/rows", "//{thief}/",
  "//{thief}{base}/rows", "HTTP://{thief}/", "http://{other}/", "http://{other}{base}/rows",
  "//{other}/", "http://localhost:{port}{base}/rows", "http://LOCALHOST:{port}/",
  "http://127.0.0.1{base}/rows", "http://127.0.0.1:80/", "http://127.0.0.1:0/",
  "http://127.0.0.2:{port}/", "http://127.0.0.1.evil.invalid:{port}/", "http://evil.invalid/",
  "http://127.0.0.1.:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
  "http://[::ffff:7f00:1]:{port}/", "http://0.0.0.0:{thief_port}/", "http://0:{thief_port}/",
  -- The same addresses in other dress, at the thief's port.
  "http://2130706433:{thief_port}/", "http://0x7f000001:{thief_port}/",
  "http://0177.0.0.1:{thief_port}/", "http://127.1:{thief_port}/", "http://127.0.1:{thief_port}/",
  "http://0x7f.1:{thief_port}/", "http://[::1]:{thief_port}/",
  "http://127.0.0.1:0{thief_port}/", "http://127.0.0.1:+{thief_port}/",
  -- Users and passwords.
  "http://user@{thief}/", "http://user:password@127.0.0.1:{port}{base}/rows",
  "http://127.0.0.1:{port}@{thief}/", "http://127.0.0.1:{port}%40{thief}/",
  "http://127.0.0.1:{port}:@{thief}/", "http://@{thief}/", "http://@127.0.0.1:{port}{base}/rows",
  "http://a@b@{thief}/", "http://{thief}@127.0.0.1:{port}{base}/rows",
  "//127.0.0.1:{port}@{thief}/",
  -- Slashes, backslashes, white space, control characters.
  "\\\\{thief}/", "/\\{thief}/", "\\/{thief}/", "http:\\\\{thief}\\", "http:/\\{thief}/",
  "http://127.0.0.1:{port}\\@{thief}/", "http://{thief}\\@127.0.0.1:{port}{base}/rows",
  "http://127.0.0.1:{port}\\.{thief}/", "http:/{thief}/", "http:{thief}/", "http:///{thief}/",
  "///{thief}/", "////{thief}/", "/\t/{thief}/", "ht\ttp://{thief}/", "http://\t{thief}/",
  "http:// {thief}/", "http://{thief} /", "{base}/a b", "http://127.0.0.1:{port} @{thief}/",
  "http://127.0.0.1:{port}\1{thief}/", "{base}/rows\127", "{base}/rows\1",
  -- Hosts that are encoded, and other alphabets.
  "http://%31%32%37.0.0.1:{thief_port}/", "http://127.0.0.1%2f@{thief}/",
  "http://127.0.0.1:{port}%2f@{thief}/", "http://127.0.0.1%00.evil.invalid/",
  "http://127%2e0.0.1:{thief_port}/",
  "http://127\227\128\1300\227\128\1300\227\128\1301:{thief_port}/",
  "http://\239\188\145\239\188\146\239\188\151.0.0.1:{thief_port}/",
  "http://\226\145\160\226\145\161\226\145\166.0.0.1:{thief_port}/",
  "http://127.0.0.1\226\128\139:{thief_port}/", "http://l\239\189\143calhost:{thief_port}/",
  "http://xn--evil.invalid/", "{base}/\195\164",
  -- Ports that are none.
  "http://127.0.0.1:{port}0/", "http://127.0.0.1:/", "http://127.0.0.1:x/",
  "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1:{port}:{thief_port}/",
  "http://127.0.0.1:{port},{thief}/",
  -- Other schemes.
  "https://127.0.0.1:{port}{base}/rows", "https://{thief}/", "ftp://{thief}/", "ws://{thief}/",
  "gopher://{thief}/_GET", "dict://{thief}/x", "file:///etc/passwd",
  "file://127.0.0.1/etc/passwd",
  "FILE:/etc/passwd", "data:application/json,{}", "javascript:fetch('http://{thief}')",
  "telnet://{thief}", "ldap://{thief}/", "smb://{thief}/x", "view-source:http://{thief}/",
  "http+unix://{thief}/", "httpx://{thief}/", "://{thief}/", ":{thief_port}/",
  -- No location at all, and too much of it.
  "", "#", "#{thief}", " ", "http://", "http:", "//", "http://?x", "http://#x",
  ("{base}/"):rep(1000), "http://{thief}/" .. ("x"):rep(60000),
  "/" .. ("../"):rep(20000) .. "rows",
}

return M
