-- What the chain covers of a row, in the order of canonical.COVERED; times as microseconds.
select id, turn, cast(extract(epoch from at) * 1000000 as bigint) as at, tenant_id, actor_type, action, outcome,
       source, rows, ms, cached, trace_id, parent_trace_id, encode(digest, 'hex') as digest
