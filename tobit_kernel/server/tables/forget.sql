delete from gate.loaded_table where schema_name = {schema} and table_name = {name}
