--- Kernels: whatever instructions the machine has, all texts give the same.

local support = require "support"

local needs = {
  plain = {}, sse2 = { "sse2" }, avx2 = { "avx2", "bmi2", "pclmulqdq" },
  avx512 = { "avx512f", "avx512bw", "avx512vl", "avx512_vbmi2" }, neon = { "asimd" },
}

local function has(name)
  local file = io.open "/proc/cpuinfo"
  local text = file and file:read "*a" or ""
  if file then
    file:close()
  end
  local flags = " " .. (text:match "flags%s*:([^\n]*)" or text:match "Features%s*:([^\n]*)" or "")
  for _, flag in ipairs(needs[name]) do
    if not (flags .. " "):find(" " .. flag .. " ", 1, true) then
      return false
    end
  end
  return true
end

--- What the probe prints with a kernel; nil: with the one that is chosen.
local function probe(kernel)
  return support.read_command(("%s %s spec/kernel_probe.lua 2>&1"):format(
    kernel and "env COSTREAM_KERNEL=" .. kernel or "env -u COSTREAM_KERNEL",
    support.interpreter()))
end

describe("the kernel", function()
  local plain = probe "plain"

  it("plain reads thousands of texts", function()
    local count = plain:match "^(%d+)%s+%d+\n$"
    assert(count, plain)
    assert.is_true(tonumber(count) > 5000)
  end)

  it("that is chosen gives the same as plain", function()
    assert.are.equal(plain, probe())
  end)

  for _, name in ipairs { "sse2", "avx2", "avx512", "neon" } do
    it(name .. " gives the same as plain", function()
      if not has(name) then
        pending("this machine has no " .. name)
      end
      assert.are.equal(plain, probe(name))
    end)
  end

  for _, name in ipairs { "avx1024", "AVX2", "''" } do
    it("is refused by name when there is none such: " .. name, function()
      local message = probe(name)
      assert.matches("COSTREAM_KERNEL: this machine has no kernel '" .. name:gsub("'", "") .. "'",
        message, nil, true)
      assert.matches(": unset it for the fastest that it has, or set it to plain", message, nil,
        true)
    end)
  end

  it("that the machine lacks is refused by name", function()
    local lacking
    for name in pairs(needs) do
      lacking = not has(name) and name or lacking
    end
    if not lacking then
      pending "this machine has them all"
    end
    assert.matches("this machine has no kernel '" .. lacking, probe(lacking), nil, true)
  end)
end)
