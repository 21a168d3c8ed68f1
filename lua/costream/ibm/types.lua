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
---@field enterprise_id string? its immediate children
---@field parent_account_group_id string? its immediate children
---@field parent string? the children of this CRN
---@field include_deleted boolean? only with another of them
---@field limit integer? account groups a page, 0 to 100
---@field next_docid string? where to begin, as a `next_url` named it
---@field resume string? a cursor of this query: goes on behind the last row that was given

---@class costream.IbmAccountQuery without an id: those that the caller may see
---@field enterprise_id string? its immediate children
---@field account_group_id string? its immediate children
---@field parent string? the children of this CRN
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

---@class costream.IbmEnterpriseStream: costream.Stream
---@operator call: costream.IbmEnterprise?

---@class costream.IbmAccountGroupStream: costream.Stream
---@operator call: costream.IbmAccountGroup?

---@class costream.IbmAccountStream: costream.Stream
---@operator call: costream.IbmAccount?

---@class costream.Ibm
---@field enterprises fun(self, given: costream.IbmEnterpriseQuery?): costream.IbmEnterpriseStream
---@field enterprise fun(self, enterprise_id: string): costream.IbmEnterprise?, costream.Error?
---@field account_groups fun(self, given: costream.IbmAccountGroupQuery?):
---  costream.IbmAccountGroupStream
---@field account_group fun(self, account_group_id: string): costream.IbmAccountGroup?,
---  costream.Error?
---@field accounts fun(self, given: costream.IbmAccountQuery?): costream.IbmAccountStream
---@field account fun(self, account_id: string): costream.IbmAccount?, costream.Error?
