-- A page of audit rows; the numbers are found in the index alone, then their rows are fetched.
with chosen as (
    select id, at from gate.audit where {{conditions}} order by {{by}} {{order}}, id {{order}} limit :limit offset :offset
)
select {{columns}}
from chosen join gate.audit a using (id, at)
order by at desc, id desc
