---@meta
--- What the methods that are made of `endpoints.lua` take and give, for editors.

-- luacheck: ignore 212 241

---@class costream.OtcApiKey any field may be absent, and others may come
---@field id integer?
---@field name string?
---@field role string? "Admin", "Editor", "Viewer"
---@field expiration string?

---@class costream.OtcNewApiKey
---@field name string one that no other key has
---@field role "Admin"|"Editor"|"Viewer" only a key with Admin reads consumption
---@field seconds_to_live integer? some dashboards want it, and limit it

---@class costream.OtcCreatedApiKey: costream.Created
---@field id integer?
---@field name string?

---@class costream.Otc
local Otc = {}

--- How the service is: `{ status = "ok" }`. Needs no token.
---@return table? health nil when it cannot be had
---@return costream.Error? failure
function Otc:health() end

--- The versions of the API that the service offers. Needs no token.
---@return table? versions nil when they cannot be had
---@return costream.Error? failure
function Otc:versions() end

--- The API keys, without what they are. Needs `user` and `password`, as the two below.
---@return costream.OtcApiKey[]? keys nil when they cannot be had
---@return costream.Error? failure
function Otc:api_keys() end

--- Makes an API key, which `created:take_key()` gives once.
---@param given costream.OtcNewApiKey
---@return costream.OtcCreatedApiKey? created nil when it failed
---@return costream.Error? failure
function Otc:create_api_key(given) end

---@param id integer|string of an API key
---@return table|true|nil done what the service says, or true; nil when it failed
---@return costream.Error? failure
function Otc:delete_api_key(id) end
