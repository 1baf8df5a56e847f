-- Read by whom the condition names, through the gate only. It holds names as constants, so the
-- columns stay as they were loaded.
alter table {table} enable row level security;
create policy loaded on {table} to tobit_reader using ({condition});
grant select on {table} to tobit_reader
