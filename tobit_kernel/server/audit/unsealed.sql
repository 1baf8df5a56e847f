-- The next rows to seal: of transactions that are over, after the last seal.
{{rows}}, at as time
from gate.audit
where (turn, id) > (:turn, :id) and turn < (select gate.audit_horizon())
order by turn, id
limit {{most}}
