-- What a user loaded is read by that user alone. The policy holds the names as constants, so the
-- user's columns stay as they were loaded.
alter table {table} enable row level security;
drop policy if exists owner on {table};
create policy owner on {table} to tobit_reader
using ((select gate.tenant()) = {tenant} and (select gate.actor()) = {actor});
grant select on {table} to tobit_reader;
