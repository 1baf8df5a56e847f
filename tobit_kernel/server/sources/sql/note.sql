update gate.source set state = :state, detail = :detail, checked_at = now()
where tenant_id = :tenant and name = :name
returning name
