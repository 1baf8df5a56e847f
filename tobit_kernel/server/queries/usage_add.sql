insert into gate.usage_day (tenant_id, day, actor, source, table_name, queries, rows, ms, bytes, errors, cached)
values (:tenant, :day, :actor, :source, :table, :queries, :rows, :ms, :bytes, :errors, :cached)
on conflict (tenant_id, day, actor, source, table_name) do update
set queries = usage_day.queries + excluded.queries,
    rows = usage_day.rows + excluded.rows,
    ms = usage_day.ms + excluded.ms,
    bytes = usage_day.bytes + excluded.bytes,
    errors = usage_day.errors + excluded.errors,
    cached = usage_day.cached + excluded.cached
