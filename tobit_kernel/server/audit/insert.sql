insert into gate.audit (tenant_id, actor, actor_type, action, resource, source, statement, tables, rows, ms, cached,
                        outcome, error, reason, ip, agent, trace_id, parent_trace_id)
values (:tenant, :actor, :actor_type, :action, :resource, :source, :statement, :tables, :rows, :ms, :cached,
        :outcome, :error, :reason, :ip, :agent, :trace_id, :parent_trace_id)
