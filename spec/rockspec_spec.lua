--- The rockspec names each file by hand: one that is forgotten would be missing after an install.

local function files_under(folder, ending)
  local pipe = assert(io.popen(("find %s -name '*%s'"):format(folder, ending)))
  local found = {}
  for path in pipe:lines() do
    found[#found + 1] = path
  end
  pipe:close()
  table.sort(found)
  return found
end

local function load_rockspec()
  local rockspec = {}
  local path = "rockspec/costream-scm-1.rockspec"
  local chunk
  if rawget(_G, "setfenv") then
    chunk = rawget(_G, "setfenv")(assert(loadfile(path)), rockspec)
  else
    chunk = assert(loadfile(path, "t", rockspec))
  end
  chunk()
  return rockspec
end

describe("the rockspec", function()
  local modules = load_rockspec().build.modules

  it("lists each C source", function()
    local sources = {}
    for i, path in ipairs(modules["costream.core"].sources) do
      sources[i] = path
    end
    table.sort(sources)
    assert.are.same(files_under("src", ".c"), sources)
  end)

  it("lists each Lua file under the name that it is required by", function()
    local listed = {}
    for name, path in pairs(modules) do
      if name ~= "costream.core" then
        listed[#listed + 1] = path
        local required = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", "")
        assert.are.equal(required:gsub("/", "."), name)
      end
    end
    table.sort(listed)
    assert.are.same(files_under("lua", ".lua"), listed)
  end)
end)
