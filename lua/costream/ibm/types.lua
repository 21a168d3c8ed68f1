---@meta
--- What the methods that are made of `endpoints.lua` take and give, for editors.

---@class costream.IbmEnterpriseQuery without an id: those that the caller may see
---@field enterprise_account_id string?
---@field account_group_id string?
---@field account_id string?
---@field limit integer? enterprises a page, 0 to 100
---@field next_docid string? where to begin, as a `next_url` named it
---@field resume string? a cursor of this query: goes on behind the last row that was given

---@class costream.IbmAccountGroupQuery without an id: those that the caller may see
---@field enterprise_id string? those that are in it, or anywhere below
---@field parent_account_group_id string? those that are in it, or anywhere below
---@field parent string? those that are in what has this CRN, or anywhere below
---@field include_deleted boolean? only with another of them
---@field limit integer? account groups a page, 0 to 100
---@field next_docid string? where to begin, as a `next_url` named it
---@field resume string? a cursor of this query: goes on behind the last row that was given

---@class costream.IbmAccountQuery without an id: those that the caller may see
---@field enterprise_id string? those that are in it, or anywhere below
---@field account_group_id string? those that are in it, or anywhere below
---@field parent string? those that are in what has this CRN, or anywhere below
---@field include_deleted boolean? only with `enterprise_id`
---@field limit integer? accounts a page, 0 to 100
---@field next_docid string? where to begin, as a `next_url` named it
---@field resume string? a cursor of this query: goes on behind the last row that was given

---@class costream.IbmEnterprise any field may be absent, and others may come
---@field id string?
---@field crn string?
---@field url string?
---@field enterprise_account_id string?
---@field source_account_id string?
---@field name string?
---@field domain string?
---@field state string?
---@field primary_contact_iam_id string?
---@field primary_contact_email string?
---@field created_at string?
---@field created_by string?
---@field updated_at string?
---@field updated_by string?

---@class costream.IbmAccountGroup any field may be absent, and others may come
---@field id string?
---@field crn string?
---@field url string?
---@field parent string? CRN of what it is in
---@field enterprise_id string?
---@field enterprise_account_id string?
---@field enterprise_path string? from the enterprise down to it
---@field name string?
---@field state string?
---@field primary_contact_iam_id string?
---@field primary_contact_email string?
---@field created_at string?
---@field created_by string?
---@field updated_at string?
---@field updated_by string?

---@class costream.IbmAccount any field may be absent, and others may come
---@field id string?
---@field crn string?
---@field url string?
---@field parent string? CRN of what it is in
---@field enterprise_id string?
---@field enterprise_account_id string?
---@field enterprise_path string? from the enterprise down to it
---@field name string?
---@field state string?
---@field paid boolean?
---@field is_enterprise_account boolean?
---@field owner_iam_id string?
---@field owner_email string?
---@field created_at string?
---@field created_by string?
---@field updated_at string?
---@field updated_by string?

---@class costream.IbmBillingUnitQuery
---@field account_id string? of the enterprise account
---@field enterprise_id string?
---@field account_group_id string?
---@field limit integer? billing units a page, 0 to 100
---@field start string? where to begin, as a `next_url` named it
---@field resume string? a cursor of this query: goes on behind the last row that was given

---@class costream.IbmBillingOptionQuery
---@field billing_unit_id string
---@field limit integer? billing options a page, 0 to 100
---@field start string? where to begin, as a `next_url` named it
---@field resume string? a cursor of this query: goes on behind the last row that was given

---@class costream.IbmCreditPoolQuery
---@field billing_unit_id string
---@field date string? the month, "2024-07"
---@field type "PLATFORM"|"SUPPORT"|nil
---@field limit integer? credit pools a page, 0 to 100
---@field start string? where to begin, as a `next_url` named it
---@field resume string? a cursor of this query: goes on behind the last row that was given

---@class costream.IbmBillingUnit any field may be absent, and others may come
---@field id string?
---@field crn string?
---@field name string?
---@field enterprise_id string?
---@field currency_code string?
---@field country_code string?
---@field master boolean? the enterprise is billed by it first
---@field created_at string?

---@class costream.IbmBillingOption any field may be absent, and others may come
---@field id string?
---@field billing_unit_id string?
---@field start_date string?
---@field end_date string?
---@field state string? "ACTIVE", "SUSPENDED", "CANCELED"
---@field type string? "SUBSCRIPTION", "OFFER"
---@field category string? "PLATFORM", "SERVICE", "SUPPORT"
---@field payment_instrument table?
---@field duration_in_months integer?
---@field line_item_id integer?
---@field billing_system table?
---@field renewal_mode_code string?
---@field updated_at string?

---@class costream.IbmTermCredits any field may be absent, and others may come
---@field billing_option_id string?
---@field category string? "PLATFORM", "OFFER", "SERVICE", "SUPPORT"
---@field start_date string?
---@field end_date string?
---@field total_credits number?
---@field starting_balance number?
---@field used_credits number?
---@field current_balance number?
---@field resources table[]?

---@class costream.IbmCreditPool any field may be absent, and others may come
---@field type string? "PLATFORM", "SUPPORT"
---@field currency_code string?
---@field billing_unit_id string?
---@field term_credits costream.IbmTermCredits[]?
---@field overage { cost: number?, resources: table[]? }?

---@class costream.IbmNewEnterprise
---@field source_account_id string it becomes the first account of the enterprise
---@field name string 3 to 60 characters
---@field primary_contact_iam_id string "IBMid-0123ABC"
---@field domain string? "example.com"

---@class costream.IbmEnterpriseChange at least one
---@field name string? 3 to 60 characters
---@field domain string? at most 60 characters
---@field primary_contact_iam_id string? of a user in the enterprise account

---@class costream.IbmNewAccountGroup
---@field parent string CRN of the enterprise or account group to be in
---@field name string 3 to 60 characters
---@field primary_contact_iam_id string

---@class costream.IbmAccountGroupChange at least one
---@field name string? 3 to 60 characters
---@field primary_contact_iam_id string? of a user in the enterprise account

---@class costream.IbmNewAccount
---@field parent string CRN of the enterprise or account group to be in
---@field name string 3 to 60 characters
---@field owner_iam_id string
---@field traits { mfa: string?, enterprise_iam_managed: boolean? }?
---@field options { create_iam_service_id_with_apikey_and_owner_policies: boolean? }?

---@class costream.IbmImport
---@field parent string? CRN of the enterprise or account group to be in
---@field billing_unit_id string?

---@class costream.IbmCreatedAccount: costream.Created its key, if one was asked for, is IAM's
---@field account_id string?
---@field iam_service_id string?
---@field iam_apikey_id string?

---@class costream.IbmEnterpriseStream: costream.Stream
---@operator call: costream.IbmEnterprise?

---@class costream.IbmAccountGroupStream: costream.Stream
---@operator call: costream.IbmAccountGroup?

---@class costream.IbmAccountStream: costream.Stream
---@operator call: costream.IbmAccount?

---@class costream.IbmBillingUnitStream: costream.Stream
---@operator call: costream.IbmBillingUnit?

---@class costream.IbmBillingOptionStream: costream.Stream
---@operator call: costream.IbmBillingOption?

---@class costream.IbmCreditPoolStream: costream.Stream
---@operator call: costream.IbmCreditPool?

-- luacheck: ignore 212 241

---@class costream.Ibm
local Ibm = {}

--- Enterprises, of all pages.
---@param given costream.IbmEnterpriseQuery?
---@return costream.IbmEnterpriseStream
function Ibm:enterprises(given) end

---@param enterprise_id string
---@return costream.IbmEnterprise? enterprise nil when it cannot be had
---@return costream.Error? failure
function Ibm:enterprise(enterprise_id) end

--- Makes an enterprise of an account with a subscription.
---@param given costream.IbmNewEnterprise
---@return { enterprise_id: string?, enterprise_account_id: string? }|true|nil created
---@return costream.Error? failure
function Ibm:create_enterprise(given) end

---@param enterprise_id string
---@param given costream.IbmEnterpriseChange
---@return table|true|nil done what the service says, or true; nil when it failed
---@return costream.Error? failure
function Ibm:update_enterprise(enterprise_id, given) end

--- Has an account of its own become one of the enterprise's, which goes on after the answer.
---@param enterprise_id string
---@param account_id string
---@param given costream.IbmImport?
---@return table|true|nil accepted what the service says, or true; nil when it failed
---@return costream.Error? failure
function Ibm:import_account(enterprise_id, account_id, given) end

--- Account groups, of all pages.
---@param given costream.IbmAccountGroupQuery?
---@return costream.IbmAccountGroupStream
function Ibm:account_groups(given) end

---@param account_group_id string
---@return costream.IbmAccountGroup? account_group nil when it cannot be had
---@return costream.Error? failure
function Ibm:account_group(account_group_id) end

---@param given costream.IbmNewAccountGroup
---@return { account_group_id: string? }|true|nil created
---@return costream.Error? failure
function Ibm:create_account_group(given) end

---@param account_group_id string
---@param given costream.IbmAccountGroupChange
---@return table|true|nil done what the service says, or true; nil when it failed
---@return costream.Error? failure
function Ibm:update_account_group(account_group_id, given) end

---@param account_group_id string of one without account groups in it
---@return table|true|nil done what the service says, or true; nil when it failed
---@return costream.Error? failure
function Ibm:delete_account_group(account_group_id) end

--- Accounts, of all pages.
---@param given costream.IbmAccountQuery?
---@return costream.IbmAccountStream
function Ibm:accounts(given) end

---@param account_id string
---@return costream.IbmAccount? account nil when it cannot be had
---@return costream.Error? failure
function Ibm:account(account_id) end

---@param given costream.IbmNewAccount
---@return costream.IbmCreatedAccount? created nil when it failed
---@return costream.Error? failure
function Ibm:create_account(given) end

--- Moves an account.
---@param account_id string
---@param given { parent: string } CRN of the enterprise or account group to be in
---@return table|true|nil done what the service says, or true; nil when it failed
---@return costream.Error? failure
function Ibm:update_account(account_id, given) end

--- Removes an account from its enterprise, which cancels it for good.
---@param account_id string
---@return table|true|nil done what the service says, or true; nil when it failed
---@return costream.Error? failure
function Ibm:delete_account(account_id) end

--- Billing units, of all pages.
---@param given costream.IbmBillingUnitQuery?
---@return costream.IbmBillingUnitStream
function Ibm:billing_units(given) end

---@param billing_unit_id string
---@return costream.IbmBillingUnit? billing_unit nil when it cannot be had
---@return costream.Error? failure
function Ibm:billing_unit(billing_unit_id) end

--- Subscriptions and promotional offers of a billing unit, of all pages.
---@param given costream.IbmBillingOptionQuery
---@return costream.IbmBillingOptionStream
function Ibm:billing_options(given) end

--- Credit pools of a billing unit, of all pages.
---@param given costream.IbmCreditPoolQuery
---@return costream.IbmCreditPoolStream
function Ibm:credit_pools(given) end
