-- One gateway looks after a source, the others find it not due; jitter keeps sources apart from each other.
update gate.source as s
set due_at = now() + make_interval(secs => :within_s * (0.8 + 0.4 * random()))
from (
    select tenant_id, name from gate.source
    where due_at <= now()
    order by due_at
    limit :most
    for update skip locked
) as due
where s.tenant_id = due.tenant_id and s.name = due.name
returning s.*
