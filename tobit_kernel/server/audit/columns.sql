a.id, a.at, a.tenant_id as tenant, a.actor, a.actor_type, a.action, a.resource, a.source, a.statement,
coalesce(a.tables, '{}') as tables, a.rows, a.ms, coalesce(a.cached, false) as cached, a.outcome, a.error, a.reason,
a.before, a.after, a.ip, a.agent, a.trace_id, a.parent_trace_id, a.erased is not null as erased
