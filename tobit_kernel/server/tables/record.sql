insert into gate.loaded_table (schema_name, table_name, tenant_id, owner)
values ({schema}, {name}, {tenant}, {actor})
on conflict (schema_name, table_name) do update set
    tenant_id = excluded.tenant_id, owner = excluded.owner, created_at = now()
