--- IBM Cloud's Enterprise Management: enterprises, account groups and accounts.

local endpoints = require "endpoint_support"
local support = require "support"

local unpack = table.unpack or rawget(_G, "unpack")

local client_of = endpoints.ibm
local ACCOUNTS = "/v1/accounts"

local function ids(rows)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = row.id
  end
  return list
end

local three_pages = {
  [ACCOUNTS .. "?enterprise_id=e&limit=2"] =
    '{"rows_count":2,"next_url":"/v1/accounts?next_docid=b%3D%3D&limit=9",'
    .. '"resources":[{"id":"1"},{"id":"2"}]}',
  [ACCOUNTS .. "?enterprise_id=e&limit=2&next_docid=b%3D%3D"] =
    '{"resources":[{"id":"3"}],"next_url":"https://elsewhere.invalid/?next_docid=c"}',
  [ACCOUNTS .. "?enterprise_id=e&limit=2&next_docid=c"] =
    '{"rows_count":1,"next_url":null,"resources":[{"id":"4"}]}',
}

describe("ibm: a list of Enterprise Management", function()
  local asked = { enterprise_id = "e", limit = 2 }

  it("is a stream of all its pages, whose links are read for next_docid alone", function()
    local client, server = client_of(three_pages)
    local stream = client:accounts(asked)
    assert.are.same({ "1", "2", "3", "4" }, ids((stream:collect())))
    assert.are.same({
      "GET /v1/accounts?enterprise_id=e&limit=2",
      "GET /v1/accounts?enterprise_id=e&limit=2&next_docid=b%3D%3D",
      "GET /v1/accounts?enterprise_id=e&limit=2&next_docid=c",
    }, server.lines())
    assert.are.equal(3, stream:stats().requests)
  end)

  it("takes conditions and folds as every stream does", function()
    local client = client_of(three_pages)
    assert.are.same({ "3" }, ids(assert(client:accounts(asked):where { id = "3" }:collect())))
    assert.are.equal(4, assert(client:accounts(asked):fold { count = true })[1].count)
  end)

  it("goes on behind each row by its cursor, at the page of that row", function()
    for count = 0, 4 do
      local client, server = client_of(three_pages)
      local stream = client:accounts(asked)
      local before = ids(assert(stream:collect(count)))
      local cursor = stream:cursor()
      stream:close()
      local made = #server.lines()
      local after = client:accounts { enterprise_id = "e", limit = 2, resume = cursor }
      for _, id in ipairs(ids(assert(after:collect()))) do
        before[#before + 1] = id
      end
      assert.are.same({ "1", "2", "3", "4" }, before)
      local page = count < 3 and 1 or count < 4 and 2 or 3
      assert.are.equal(made + 4 - page, #server.lines())
    end
  end)

  it("is refused a cursor of another list", function()
    local client = client_of(three_pages)
    local cursor = client:accounts(asked):cursor()
    assert.matches("the cursor is of another query", support.raised(client.account_groups, client,
      { enterprise_id = "e", limit = 2, resume = cursor }), 1, true)
  end)

  it("that does not end is an error", function()
    local circle = '{"resources":[{"id":"1"}],"next_url":"?next_docid=%s"}'
    local client = client_of {
      [ACCOUNTS] = circle:format "a", [ACCOUNTS .. "?next_docid=a"] = circle:format "b",
      [ACCOUNTS .. "?next_docid=b"] = circle:format "a",
    }
    local rows, failure = support.drain(client:accounts())
    assert.are.equal(3, #rows)
    assert.are.equal("malformed", failure.kind)
    assert.matches("the next_docid of the next page came before", failure.message, 1, true)
  end)

  it("whose link has no next_docid is an error, not the end", function()
    local client = client_of {
      [ACCOUNTS] = '{"resources":[{"id":"1"}],"next_url":"/v1/accounts?offset=5"}',
    }
    local rows, failure = support.drain(client:accounts())
    assert.are.equal(1, #rows)
    assert.matches("the link to the next page has no next_docid", failure.message, 1, true)
  end)

  it("that reports an error beside its rows fails", function()
    local client = client_of {
      [ACCOUNTS] = '{"resources":[],"errors":[{"code":"x","message":"not today"}]}',
    }
    local _, failure = client:accounts():collect()
    assert.matches("not today", failure.message, 1, true)
  end)

  it("with something among its rows that is none fails", function()
    local client = client_of { [ACCOUNTS] = '{"resources":[{"code":"x","message":"not today"}]}' }
    local _, failure = client:accounts():collect()
    assert.matches("among the rows stands what is no account", failure.message, 1, true)
  end)

  it("that is refused says what to do", function()
    local client = client_of { [ACCOUNTS] = { status = 404, body = "{}" } }
    local _, failure = client:accounts():collect()
    assert.are.equal(404, failure.status)
    assert.matches("Check the id", failure.recovery, 1, true)
  end)

  local sent = {
    {
      "enterprises", { enterprise_account_id = "a", account_group_id = "b", account_id = "c",
        limit = 0, next_docid = "d" },
      "GET /v1/enterprises?account_group_id=b&account_id=c&enterprise_account_id=a&limit=0"
        .. "&next_docid=d",
    },
    {
      "account_groups", { enterprise_id = "a", parent_account_group_id = "b", parent = "crn:v1:c",
        include_deleted = true, limit = 100, next_docid = "d" },
      "GET /v1/account-groups?enterprise_id=a&include_deleted=true&limit=100&next_docid=d"
        .. "&parent=crn%3Av1%3Ac&parent_account_group_id=b",
    },
    {
      "accounts", { enterprise_id = "a", account_group_id = "b", parent = "crn:v1:c",
        include_deleted = false, limit = 1, next_docid = "d" },
      "GET /v1/accounts?account_group_id=b&enterprise_id=a&include_deleted=false&limit=1"
        .. "&next_docid=d&parent=crn%3Av1%3Ac",
    },
  }
  for _, case in ipairs(sent) do
    local method, query, request = unpack(case)
    it("sends each parameter of " .. method, function()
      local client, server = client_of { ["*"] = '{"resources":[]}' }
      assert.are.same({}, client[method](client, query):collect())
      assert.are.same({ request }, server.lines())
    end)
  end
end)

describe("ibm: one of Enterprise Management", function()
  local kinds = {
    enterprise = "/v1/enterprises/", account_group = "/v1/account-groups/",
    account = "/v1/accounts/",
  }
  for method, path in pairs(kinds) do
    it(("is had by its id: %s"):format(method), function()
      local client, server = client_of { ["*"] = '{"id":"5","name":"five"}' }
      assert.are.same({ id = "5", name = "five" }, client[method](client, "5"))
      assert.are.same({ "GET " .. path .. "5" }, server.lines())
    end)
  end

  it("is nil and an error where there is none", function()
    local client = client_of { ["*"] = { status = 404, body = '{"message":"no such account"}' } }
    local account, failure = client:account "5"
    assert.is_nil(account)
    assert.are.equal("http", failure.kind)
    assert.matches("GET /v1/accounts/5 was refused: no such account", failure.message, 1, true)
  end)

  it("is malformed where the answer is none", function()
    for _, body in ipairs { '{"message":"no such account"}', "[]", '"5"', '{"id":null}' } do
      local account, failure = client_of({ ["*"] = body }):account "5"
      assert.is_nil(account)
      assert.are.equal("malformed", failure.kind)
    end
  end)

  it("has its id percent-encoded", function()
    local client, server = client_of { ["*"] = '{"id":"5"}' }
    assert(client:account "a b?c#d%2e;ü&=+@:")
    assert.are.same({ "GET /v1/accounts/a%20b%3Fc%23d%252e%3B%C3%BC%26%3D%2B%40%3A" },
      server.lines())
  end)

  it("is asked for by no id that could be read as a way elsewhere", function()
    local client, server = client_of { ["*"] = '{"id":"5"}' }
    for _, id in ipairs { "", ".", "..", "a/b", "../enterprises/e", "a\\b", "a\r\nb", "a\0b" } do
      assert.matches("costream: ibm:account: account_id: expected ",
        support.raised(client.account, client, id), 1, true)
    end
    assert.are.same({}, server.lines())
  end)

  it("is asked for by a string", function()
    local client = client_of { ["*"] = "{}" }
    for shown, id in pairs { ["5"] = 5, nothing = "no" } do
      assert.matches("account_id: expected string, got " .. shown,
        support.raised(client.account, client, id ~= "no" and id or nil), 1, true)
    end
  end)
end)
