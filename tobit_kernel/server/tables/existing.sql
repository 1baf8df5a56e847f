-- the table, whose it is (NULL: it was not loaded), and its columns in their order
select
    l.tenant_id,
    l.owner,
    array(
        select a.attname::text
        from pg_attribute as a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        order by a.attnum
    ) as names,
    array(
        select format_type(a.atttypid, a.atttypmod)
        from pg_attribute as a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        order by a.attnum
    ) as types
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
left join gate.loaded_table as l on n.nspname = l.schema_name and c.relname = l.table_name
where n.nspname = %(schema)s and c.relname = %(name)s
