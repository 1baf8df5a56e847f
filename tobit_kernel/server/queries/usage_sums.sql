-- What was used by day and user, source or table; the newest day first, the heaviest first in it.
select day, case :by when 'user' then actor when 'source' then source else source || ' ' || table_name end as name,
       sum(queries)::bigint as queries, sum(rows)::bigint as rows, round(sum(ms)::numeric / 1000, 3)::float8 as seconds,
       sum(bytes)::bigint as bytes, sum(errors)::bigint as errors, sum(cached)::bigint as cached
from gate.usage_day
where tenant_id = :tenant and day >= :since
  and (cast(:actor as text) is null or actor = :actor)
  and (table_name = '') = (:by <> 'table')
group by 1, 2
order by 1 desc, seconds desc, 2
limit 10000
