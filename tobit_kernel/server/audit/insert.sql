insert into gate.audit (tenant_id, actor, actor_type, action, resource, source, statement, tables, rows, ms, cached,
                        outcome, error, reason, ip, agent, trace_id, parent_trace_id, before, after, salt, digest)
values (%(tenant)s, %(actor)s, %(actor_type)s, %(action)s, %(resource)s, %(source)s, %(statement)s, %(tables)s,
        %(rows)s, %(ms)s, %(cached)s, %(outcome)s, %(error)s, %(reason)s, %(ip)s, %(agent)s, %(trace_id)s,
        %(parent_trace_id)s, %(before)s, %(after)s, %(salt)s, %(digest)s)
