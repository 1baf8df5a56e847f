select column_name, column_type, is_nullable = 'YES' as nullable, nullif(column_comment, '') as comment
from information_schema.columns
where table_schema = %s and table_name = %s
order by ordinal_position
