--- IBM Cloud's services: where each is, and what to do about its statuses.

local TOO_MANY = "The service got too many requests: wait a while and try again."
local REDIRECT = "Only redirects to the same origin are followed: check %s, and use https."
local TOKEN = "The token provided in the Authorization header is invalid or expired. Check the "
  .. "API key, or give a fresh token."
local DOWN = "The service is not available at the moment: wait some minutes and try again."
local NOT_FOUND = "It does not exist, or may not be seen. Check the id, and what it is an id of."

---@type table<string, costream.Service>
return {
  usage_reports = {
    base_url = "https://enterprise.cloud.ibm.com",
    -- The first sentences are those of the API's page, in its column "Recovery".
    recoveries = {
      [400] = "The input parameters in the request are either incomplete or incorrect. Be sure "
        .. "to validate your request.",
      [401] = TOKEN,
      [403] = "The subject does not have access to the reports. It needs the role Administrator, "
        .. "Editor or Usage Reports Viewer on the Enterprise service.",
      [404] = "The entity does not exist. Check the id and which of enterprise_id, "
        .. "account_group_id and account_id it is.",
      [424] = "The entity does not have all its dependencies set up correctly. The dependencies "
        .. "need to be fixed before a report can be generated: trying again is no use.",
      [429] = TOO_MANY,
      ["3xx"] = REDIRECT:format "base_url",
      ["5xx"] = "The API is currently unavailable. Your request could not be processed. Wait a "
        .. "few minutes and try again.",
    },
  },
  -- At the base_url of the usage reports.
  management = {
    recoveries = {
      [400] = "The service found something in the request invalid: check what it names.",
      [401] = TOKEN,
      [403] = "The subject does not have access to it. It needs a role on the Enterprise service "
        .. "(to change something, Administrator or Editor), or on this account.",
      [404] = NOT_FOUND,
      [409] = "It is not in the state that this needs: look at it before you ask again.",
      [429] = TOO_MANY,
      ["3xx"] = REDIRECT:format "base_url",
      ["5xx"] = DOWN,
    },
  },
  billing = {
    base_url = "https://billing.cloud.ibm.com",
    recoveries = {
      [400] = "The service found something in the query invalid: check what it names.",
      [401] = TOKEN,
      [403] = "The subject does not have access to it. It needs a role on the Billing service of "
        .. "the enterprise account.",
      [404] = NOT_FOUND,
      [429] = TOO_MANY,
      ["3xx"] = REDIRECT:format "billing_url",
      ["5xx"] = DOWN,
    },
  },
  iam = {
    base_url = "https://iam.cloud.ibm.com",
    recoveries = {
      [429] = "IAM got too many requests: wait a while and try again.",
      ["3xx"] = "Redirects are not followed: check iam_url, and use https.",
      ["5xx"] = "IAM is not available at the moment: wait some minutes and try again.",
    },
  },
}
