-- Columns of the table $1.$2 that may be read, in order.
select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
       col_description(a.attrelid, a.attnum) as comment
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped
  and has_column_privilege(current_user, a.attrelid, a.attnum, 'select')
order by a.attnum
