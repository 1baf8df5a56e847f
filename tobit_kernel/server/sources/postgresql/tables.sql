-- What may be read: $1 is the reading role, $2 a LIKE pattern on schema.name in lower case.
select n.nspname as schema, c.relname as name,
       case c.relkind when 'v' then 'view' when 'm' then 'view' when 'f' then 'foreign' else 'table' end as type,
       case when c.relkind in ('r', 'm', 'f') then nullif(c.reltuples, -1)::bigint
            when c.relkind = 'p' then (
                select sum(greatest(part.reltuples, 0))::bigint
                from pg_partition_tree(c.oid) tree join pg_class part on part.oid = tree.relid
                where tree.isleaf)
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
