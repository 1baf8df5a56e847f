-- What the reading role may read; $1 is a LIKE pattern on schema.name in lower case.
with recursive part as (
    select inhparent as root, inhrelid as relid from pg_inherits
    union all
    select part.root, deeper.inhrelid from part join pg_inherits deeper on deeper.inhparent = part.relid
)
select n.nspname as schema, c.relname as name,
       case c.relkind when 'v' then 'view' when 'm' then 'view' when 'f' then 'foreign' else 'table' end as type,
       case when c.relkind in ('r', 'm', 'f') then nullif(c.reltuples, -1)::bigint
            when c.relkind = 'p' then (
                select sum(greatest(leaf.reltuples, 0))::bigint
                from part join pg_class leaf on leaf.oid = part.relid and leaf.relkind = 'r'
                where part.root = c.oid)
       end as rows,
       obj_description(c.oid, 'pg_class') as comment
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and not c.relispartition
  and n.nspname not in ('pg_catalog', 'information_schema', 'gate')
  and n.nspname !~ '^pg_'
  and has_schema_privilege(current_user, n.oid, 'usage')
  and has_table_privilege(current_user, c.oid, 'select')
  and lower(n.nspname || '.' || c.relname) like $1
order by 1, 2
