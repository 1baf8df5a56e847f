insert into gate.masking_policy (tenant_id, pattern, mode, reason, decided_by)
values (:tenant, :pattern, :mode, :reason, :decided_by)
on conflict (tenant_id, pattern) do update
set mode = excluded.mode, reason = excluded.reason, decided_by = excluded.decided_by, at = now()
