-- The services that IBM reports are made of: id, name, plans of {id, name, is billable,
-- metrics of {metric, unit}}.
return {
  {"cloudant", "Cloudant", {
    {"cloudant-standard", "Standard", true, {
      {"GB_STORAGE_ACCRUED_PER_MONTH", "GIGABYTE_MONTHS"},
      {"GLOBAL_QUERY_CAPACITY_ACCRUED_PER_MONTH", "EVENTS"},
      {"READ_CAPACITY_ACCRUED_PER_MONTH", "EVENTS"},
      {"WRITE_CAPACITY_ACCRUED_PER_MONTH", "EVENTS"},
    }},
    {"cloudant-lite", "Lite", false, {
      {"LOOKUPS_PER_MONTH", "EVENTS"},
      {"WRITES_PER_MONTH", "EVENTS"},
    }},
  }},
  {"cloud-object-storage", "Cloud Object Storage", {
    {"744bfc56-d12c-4866-88d5-dac9139e0e5d", "Standard", true, {
      {"STANDARD_STORAGE", "GIGABYTE_MONTHS"},
      {"STANDARD_CLASS_A_CALLS", "API_CALLS"},
      {"STANDARD_BANDWIDTH", "GIGABYTES"},
    }},
    {"2fdf0c08-2d32-4f46-84b5-32e0c92fffd8", "Lite", false, {
      {"STANDARD_STORAGE", "GIGABYTE_MONTHS"},
    }},
  }},
  {"containers-kubernetes", "Kubernetes Service", {
    {"containers.kubernetes.cluster.roks", "Standard \"Red Hat OpenShift\"", true, {
      {"INSTANCE_HOURS_B3C_4X16", "INSTANCE_HOURS"},
      {"INSTANCE_HOURS_B3C_16X64", "INSTANCE_HOURS"},
      {"STORAGE_HOURS", "GIGABYTE_HOURS"},
    }},
  }},
  {"is.instance", "Virtual Server for VPC", {
    {"gen2-instance", "Gen2 – Schätzung inklusive", true, {
      {"BX2_VCPU_HOURS", "VCPU_HOURS"},
      {"BX2_MEMORY_HOURS", "GIGABYTE_HOURS"},
      {"BOOT_VOLUME_HOURS", "GIGABYTE_HOURS"},
    }},
  }},
  {"databases-for-postgresql", "Databases for PostgreSQL", {
    {"databases-for-postgresql-standard", "Standard", true, {
      {"GIGABYTE_MONTHS_RAM", "GIGABYTE_MONTHS"},
      {"GIGABYTE_MONTHS_DISK", "GIGABYTE_MONTHS"},
      {"VIRTUAL_PROCESSOR_CORES", "CORES"},
      {"GIGABYTE_MONTHS_BACKUP", "GIGABYTE_MONTHS"},
    }},
  }},
  {"conversation", "Watson Assistant", {
    {"plus-trial", "Plus Trial", false, {
      {"ACTIVE_USERS", "USERS"},
    }},
    {"plus", "Plus", true, {
      {"ACTIVE_USERS", "USERS"},
      {"VOICE_USERS", "USERS"},
    }},
  }},
  {"kms", "Key Protect", {
    {"tiered-pricing", "Tiered Pricing", true, {
      {"ACTIVE_KEY_VERSIONS", "ITEMS"},
    }},
  }},
  {"logdna", "Log Analysis", {
    {"7-day", "7 day Log Search", true, {
      {"GIGABYTES_7_DAY", "GIGABYTES"},
      {"GIGABYTES_ARCHIVED", "GIGABYTES"},
    }},
  }},
}
