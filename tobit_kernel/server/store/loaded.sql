insert into gate.loaded_table (schema_name, table_name, tenant_id, owner)
values (:schema, :table, :tenant, :owner)
on conflict (schema_name, table_name) do update set created_at = now()
where loaded_table.tenant_id = excluded.tenant_id and loaded_table.owner = excluded.owner
