select schema_name, table_name
from gate.loaded_table
where tenant_id = %(tenant)s and (owner = %(actor)s or %(all)s)
