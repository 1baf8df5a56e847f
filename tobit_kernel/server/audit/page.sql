-- A page of audit rows and the true total, also when the page lies behind the end.
with chosen as (
    select id, at, actor, action, resource, source, statement, coalesce(tables, '{}') as tables, rows, ms,
           coalesce(cached, false) as cached, outcome, error, trace_id
    from gate.audit
    where tenant_id = :tenant
      and (cast(:actor as text) is null or actor = :actor)
      and (cast(:action as text) is null or action = :action)
      and (:words = '%%' or statement ilike :words or action ilike :words or resource ilike :words or actor ilike :words)
), page as (
    select * from chosen order by at desc, id desc limit :limit offset :offset
)
select page.*, counted.total
from (select count(*) as total from chosen) counted left join page on true
order by page.at desc, page.id desc
