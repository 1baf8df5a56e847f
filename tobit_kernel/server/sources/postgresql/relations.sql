-- What the tables that a statement names are, and what of them was declared.
--   $1  JSON array of names as the server reads them: ["customers", "ops.\"Kunden\""]
--   $2  JSON array of [name, column]: declared columns; column * is the whole table
-- One row per name that exists: its place in $1, schema, name, columns as [name, type],
-- marks as {column: place in $2}, and leak: a declared column that a view, or a parent of a
-- partition, shows although nothing of its own was declared.
with recursive declared as materialized (
    select d.place - 1 as place, to_regclass(d.entry ->> 0)::oid as relid, d.entry ->> 1 as column_name
    from json_array_elements($2::json) with ordinality as d (entry, place)
),
-- a child and a partition have what was declared of their parent
heir as (
    select place, relid, column_name from declared where relid is not null
    union
    select heir.place, i.inhrelid, heir.column_name
    from heir join pg_inherits i on i.inhparent = heir.relid
),
marked as materialized (
    select heir.relid, a.attnum, a.attname, min(heir.place) as place
    from heir join pg_attribute a on a.attrelid = heir.relid
    where a.attnum > 0 and not a.attisdropped and heir.column_name in (a.attname::text, '*')
    group by 1, 2, 3
),
asked as materialized (
    select n.place - 1 as place, to_regclass(n.name)::oid as relid
    from json_array_elements_text($1::json) with ordinality as n (name, place)
),
-- what shows rows of what: views of the tables they select from, parents of their children
seen as (
    select place, relid from asked where relid is not null
    union
    select seen.place, shown.relid
    from seen cross join lateral (
        select d.refobjid as relid
        from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        where r.ev_class = seen.relid and d.refclassid = 'pg_class'::regclass and d.refobjid <> seen.relid
        union all
        select i.inhrelid from pg_inherits i where i.inhparent = seen.relid
    ) shown
    -- what was declared of a view is taken for all there is in it
    where not exists (select from marked m where m.relid = seen.relid)
),
leak as (
    select seen.place, m.relid, m.attname
    from seen
    join pg_rewrite r on r.ev_class = seen.relid
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
    -- a whole row is in the rule's tree only: as attribute 0
    join marked m on m.relid = d.refobjid
        and (m.attnum = d.refobjsubid or r.ev_action::text like '%:varattno 0 %')
    where m.relid <> seen.relid and not exists (select from marked o where o.relid = seen.relid)
    union all
    select seen.place, m.relid, m.attname
    from seen
    join pg_inherits i on i.inhparent = seen.relid
    join marked m on m.relid = i.inhrelid
    where not exists (select from marked o where o.relid = seen.relid and o.attname = m.attname)
)
select a.place, n.nspname as schema, c.relname as name,
       (select json_agg(json_build_array(t.attname, format_type(t.atttypid, t.atttypmod)) order by t.attnum)
        from pg_attribute t
        where t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped
          and has_column_privilege(current_user, t.attrelid, t.attnum, 'select'))::text as columns,
       (select json_object_agg(m.attname, m.place) from marked m where m.relid = c.oid)::text as marks,
       (select min(l.relid::regclass::text || '.' || quote_ident(l.attname)) from leak l where l.place = a.place) as leak
from asked a join pg_class c on c.oid = a.relid join pg_namespace n on n.oid = c.relnamespace
order by a.place
