insert into gate.bound (pid, backend_start, tenant_id, actor, role, scopes)
values (%(pid)s, %(backend_start)s, %(tenant)s, %(actor)s, %(role)s, %(scopes)s::jsonb)
on conflict (pid, backend_start) do update set
    tenant_id = excluded.tenant_id, actor = excluded.actor, role = excluded.role, scopes = excluded.scopes, bound_at = now()
