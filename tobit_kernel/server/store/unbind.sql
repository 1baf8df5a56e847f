-- The row stays for the next one who gets this connection: an update in place is the cheapest.
update gate.bound set tenant_id = null, actor = null, role = null, scopes = null
where pid = %(pid)s and backend_start = %(backend_start)s
