-- Rows as they should not be but may: keys missing, nulls, members in changing order.
local json = require "json"
local noise = require "noise"

local M = {}

local function filled(member, slot, id)
  if member.hole == "id" then return json.string(id) end
  if member.hole == "date" then return json.string(slot.date) end
  if member.hole == "etl" then return slot.etl_date and json.string(slot.etl_date) end
  return member.text
end

local function texts_of(members, slot, id, nulled, style)
  local out, strings = {}, 0
  for _, member in ipairs(members) do
    local text = filled(member, slot, id)
    if text and member.is_string then
      strings = strings + 1
      if strings == nulled then text = "null" end
    end
    if text then out[#out + 1] = json.string(member.key) .. style.colon .. text end
  end
  return out
end

local function shuffle(texts, draw)
  for i = #texts, 2, -1 do
    local j = draw(i) + 1
    texts[i], texts[j] = texts[j], texts[i]
  end
end

function M.row(sheet, k, slot, id)
  local draw, style = noise.from(id), sheet.style
  local nulled = draw(10) == 0 and draw(9) + 1 or nil
  local texts = texts_of(sheet.members[k], slot, id, nulled, style)
  if draw(10) < 3 then table.remove(texts, draw(#texts) + 1) end
  shuffle(texts, draw)
  return style.open .. table.concat(texts, style.comma) .. style.close .. sheet.ending
end

return M
