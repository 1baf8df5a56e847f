select column_name, lower(data_type), is_nullable, comment
from duckdb_columns()
where database_name = $1 and schema_name = $2 and table_name = $3
order by column_index
