-- The rows of a month in the order of the chain, with what their digests cover.
{{rows}}, at as time, salt, erased, actor, resource, statement, tables, error, reason, ip, agent,
       cast(before as text), cast(after as text)
from gate.audit
where at >= %(first)s and at < %(next)s
order by turn, id
