select table_schema, table_name, table_type, table_rows, nullif(table_comment, table_type) as comment
from information_schema.tables
where table_schema not in ('information_schema', 'mysql', 'performance_schema', 'sys')
order by table_schema, table_name
