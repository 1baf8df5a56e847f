insert into gate.masked_column (tenant_id, source, table_name, column_name, kind, mode, reason, declared_by)
values (:tenant, :source, :table_name, :column_name, :kind, :mode, :reason, :declared_by)
on conflict (tenant_id, source, table_name, column_name) do update
set kind = excluded.kind, mode = excluded.mode, reason = excluded.reason,
    declared_by = excluded.declared_by, at = now()
