-- One row per loaded table, and one without names per tenant that loaded none; whether it is of the tenant.
select l.schema_name, l.table_name, t.tenant_id = :tenant as is_own
from gate.tenant as t
left join gate.loaded_table as l on t.tenant_id = l.tenant_id
