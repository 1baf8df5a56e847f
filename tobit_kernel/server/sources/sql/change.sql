update gate.source
set location = :location, secret = :secret, description = :description, options = cast(:options as jsonb),
    updated_by = :by, updated_at = now(), state = :state, detail = :detail, checked_at = :checked_at
where tenant_id = :tenant and name = :name
returning *
