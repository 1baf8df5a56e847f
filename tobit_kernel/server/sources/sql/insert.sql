insert into gate.source (
    tenant_id, name, type, location, secret, description, options, created_by, state, detail, checked_at, due_at
)
values (
    :tenant, :name, :type, :location, :secret, :description, cast(:options as jsonb), :by,
    'up', :detail, now(), now() + interval '1 minute'
)
on conflict do nothing
returning *
