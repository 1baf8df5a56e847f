select schema_name, table_name, 'table' as kind, estimated_size as row_count, comment
from duckdb_tables()
where database_name = $1 and not internal and not temporary
union all
select schema_name, view_name, 'view', null, comment
from duckdb_views()
where database_name = $1 and not internal and not temporary
order by 1, 2
