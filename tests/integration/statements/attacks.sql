--- of the workbench
commit; create table public.owned (a int)
--- of the workbench
rollback; drop table ops.ci
--- of the workbench
select 1; commit; drop table ops.ci
--- of the workbench
select 1; select 2
--- of the workbench
begin
--- of the workbench
set transaction read write
--- of the workbench
set session characteristics as transaction read write
--- of the workbench
set role tobit_owner
--- of the workbench
set session authorization tobit_owner
--- of the workbench
reset role
--- of the workbench
with x as (delete from ops.ci returning *) select * from x
--- of the workbench
with x as (insert into ops.ci select * from ops.ci returning 1) select * from x
--- of the workbench
with x as (update ops.ci set name = 'x' returning 1) select * from x
--- of the workbench
with x as (merge into ops.ci c using ops.ci d on c.ci_id = d.ci_id when matched then delete returning 1) select * from x
--- of the workbench
select * into public.owned from ops.ci
--- of the workbench
create table public.owned as select 1
--- of the workbench
select * from ops.ci for update
--- of the workbench
select * from ops.ci for share
--- of the workbench
select * from (select * from ops.ci for update) x
--- of the workbench
explain analyze delete from ops.ci
--- of the workbench
explain analyze select 1
--- of the workbench
insert into ops.ci select * from ops.ci
--- of the workbench
truncate ops.ci
--- of the workbench
alter table ops.ci disable row level security
--- of the workbench
grant all on ops.ci to public
--- of the workbench
select lo_import('/etc/passwd')
--- of the workbench
select lo_export(1, '/tmp/tobit-owned')
--- of the workbench
select lo_create(0)
--- of the workbench
select lo_from_bytea(0, 'x')
--- of the workbench
select * from lo_get(1)
--- of the workbench
copy ops.ci to '/tmp/tobit-owned'
--- of the workbench
copy (select 1) to program 'touch /tmp/tobit-owned'
--- of the workbench
copy ops.ci from '/etc/passwd'
--- of the workbench
copy (select 1) to stdout
--- of the workbench
select pg_read_file('/etc/passwd')
--- of the workbench
select pg_read_binary_file('postgresql.conf')
--- of the workbench
select * from pg_read_file('postgresql.conf')
--- of the workbench
select * from pg_ls_dir('.')
--- of the workbench
select * from pg_ls_waldir()
--- of the workbench
select pg_stat_file('.')
--- of the workbench
select (pg_stat_file('.')).size
--- of the workbench
select * from pg_catalog.pg_read_file('/etc/passwd') as f(t)
--- of the workbench
select dblink('host=/tmp', 'select 1')
--- of the workbench
select * from dblink('dbname=postgres', 'select 1') as t(a int)
--- of the workbench
create extension dblink
--- of the workbench
select set_config('role', 'tobit_owner', false)
--- of the workbench
select set_config('row_security', 'off', true)
--- of the workbench
set row_security = off
--- of the workbench
set gate.tenant = 'other'
--- of the workbench
set local statement_timeout = 0
--- of the workbench
select pg_catalog.set_config('transaction_read_only', 'off', true)
--- of the workbench
select "set_config"('role', 'tobit_owner', false)
--- of the workbench
select U&"\0073et_config"('role', 'tobit_owner', false)
--- of the workbench
select u & "\0073et_config"('role', 'tobit_owner', false)
--- of the workbench
select U&"!0073et_config" UESCAPE '!' ('role', 'x', false)
--- of the workbench
select /* harmless */ set_config /* ( */ ('role', 'tobit_owner', false)
--- of the workbench
select set_config
(
'role', 'x', false)
--- of the workbench
select * from ts_stat('select set_config(''role'', ''tobit_owner'', false)::tsvector')
--- of the workbench
select * from ts_stat($$select ''::tsvector from gate.audit$$)
--- of the workbench
select query_to_xml('select * from gate.audit', true, true, '')
--- of the workbench
select table_to_xml('gate.audit', true, true, '')
--- of the workbench
select database_to_xml(true, true, '')
--- of the workbench
select query_to_xml_and_xmlschema('delete from ops.ci', true, true, '')
--- of the workbench
select cursor_to_xml('g', 1, true, true, '')
--- of the workbench
select schema_to_xml('gate', true, true, '')
--- of the workbench
select gate.tenant()
--- of the workbench
select gate.backend_start(1)
--- of the workbench
select * from gate.audit
--- of the workbench
select * from gate.source
--- of the workbench
select secret from gate.source
--- of the workbench
table gate.audit
--- of the workbench
select * from "gate".bound
--- of the workbench
select * from (table gate.bound) x
--- of the workbench
select (select count(*) from gate.audit)
--- of the workbench
with x as (select * from gate.audit) select * from x
--- of the workbench
select * from ops.ci where exists (select from gate.audit)
--- of the workbench
select 1 from ops.ci order by (select count(*) from gate.bound)
--- of the workbench
select 'gate.audit'::regclass::text, pg_relation_size('gate.audit')
--- of the workbench
select pg_advisory_lock(1)
--- of the workbench
select pg_try_advisory_xact_lock(1)
--- of the workbench
select pg_advisory_unlock_all()
--- of the workbench
select pg_notify('x', 'y')
--- of the workbench
listen x
--- of the workbench
notify x
--- of the workbench
unlisten *
--- of the workbench
select pg_logical_emit_message(true, 'a', 'b')
--- of the workbench
select pg_switch_wal()
--- of the workbench
select pg_create_restore_point('x')
--- of the workbench
select pg_current_wal_lsn()
--- of the workbench
select pg_terminate_backend(pg_backend_pid())
--- of the workbench
select pg_cancel_backend(1)
--- of the workbench
select pg_reload_conf()
--- of the workbench
select pg_rotate_logfile()
--- of the workbench
select * from pg_stat_get_activity(null)
--- of the workbench
select pg_stat_reset()
--- of the workbench
select pg_sleep(100)
--- of the workbench
select pg_sleep_for('1 hour')
--- of the workbench
select pg_sleep_until('tomorrow')
--- of the workbench
select nextval('gate.audit_id_seq')
--- of the workbench
select setval('gate.audit_id_seq', 1)
--- of the workbench
select lastval()
--- of the workbench
select currval('gate.audit_id_seq')
--- of the workbench
do $$ begin delete from ops.ci; end $$
--- of the workbench
prepare p as delete from ops.ci
--- of the workbench
execute p
--- of the workbench
deallocate all
--- of the workbench
discard all
--- of the workbench
lock table ops.ci
--- of the workbench
vacuum
--- of the workbench
analyze ops.ci
--- of the workbench
checkpoint
--- of the workbench
cluster
--- of the workbench
reindex database tobit
--- of the workbench
call x()
--- of the workbench
declare c cursor for select 1
--- of the workbench
fetch all from g
--- of the workbench
close g
--- of the workbench
move all in g
--- of the workbench
show all
--- of the workbench
show data_directory
--- of the workbench
select current_setting('data_directory')
--- of the workbench
select * from pg_show_all_settings()
--- of the workbench
select * from pg_hba_file_rules()
--- of the workbench
select inet_server_addr()
--- of the workbench
select has_table_privilege('gate.audit', 'select')
--- of the workbench
select to_regclass('gate.audit')
--- of the workbench
select pg_get_viewdef('x'::regclass)
--- of the workbench
select col_description(1, 1)
--- of the workbench
select * from pg_options_to_table(null)
--- of the workbench
select txid_current()
--- of the workbench
select pg_export_snapshot()
--- of the workbench
select pg_file_write('/tmp/tobit-owned', 'x', false)
--- of the workbench
select xmlparse(document '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')
--- of the workbench
values (set_config('role', 'x', false))
--- of the workbench
select * from rows from (pg_ls_dir('.'), generate_series(1, 2)) x
--- of the workbench
select json_agg(x) from pg_ls_dir('.') x
--- of the workbench
select array(select pg_ls_dir('.'))
--- of the workbench
select case when true then pg_read_file('/etc/passwd') end
--- of the workbench
select 1 limit (select pg_sleep(9)::text::int)
--- of the workbench
select 1 where set_config('role', 'x', false) is null
--- of the workbench
select sum(1) filter (where pg_sleep(9) is null)
--- of the workbench
select count(*) over (order by pg_sleep(9)::text)
--- of the workbench
select 1 -- 
; drop table ops.ci
--- of the workbench
select $$ ; $$ ; drop table ops.ci
--- of the workbench
select E'\'' ; drop table ops.ci --'
--- of a customer's server
select f.pg_read_file from unnest(array['PG_VERSION']) f
--- of a customer's server
select s.pg_sleep from generate_series(30, 31) s
--- of a customer's server
select (30::float8).pg_sleep
--- of a customer's server
select ('PG_VERSION'::text).pg_read_file
--- of a customer's server
select ((array['PG_VERSION'])[1]).pg_read_file
--- of a customer's server
select (array['PG_VERSION'])[1].pg_read_file
--- of a customer's server
select (("x"))."pg_read_file" from (select 'PG_VERSION'::text as x) y
--- of a customer's server
select f . /* */ PG_READ_FILE from unnest(array['PG_VERSION']) f
--- of a customer's server
select ('/etc/passwd'::text).lo_import
--- of a customer's server
select ('.'::text).pg_ls_dir
--- of a customer's server
select ('numbers'::regclass).nextval
--- of a customer's server
select (1::bigint).pg_advisory_lock
--- of a customer's server
select ('data_directory'::text).current_setting
--- of a customer's server
select t.total from t
--- of a customer's server
select (t).total from t
--- of a customer's server
select (t.*).total from t
--- of a customer's server
select id from t order by t.total
--- of a customer's server
select id from t where exists (select from generate_series(30, 31) s where s.pg_sleep is null)
--- of a customer's server
select app.log('x')
--- of a customer's server
select "app"."log"('x')
--- of a customer's server
select app . log ('x')
--- of a customer's server
select e'a'
'\'', pg_sleep(30)::text, '--'
||'x'
--- of a customer's server
select e'a' -- b
'\'', pg_sleep(30)::text, '--'
||'x'
--- of a customer's server
select 1 --, pg_sleep(30)
, 2
--- of a customer's server
select 1 as x$$, pg_sleep(30), 2 as y$$
--- of a customer's server
select 1 as 가$$, pg_sleep(30), 2 as 나$$
--- of a customer's server
select 1 as 😀$$, pg_sleep(30), 2 as 😀$$
--- of a customer's server
select /*+ '*/ pg_sleep(30), /*' */ 1
--- of a customer's server
select 1 /* /* */ */, pg_sleep(30), /* */ 2
--- of a customer's server
select 1 {# , #} pg_sleep(30)
--- of a customer's server
select U&'a!' uescape '!', pg_sleep(30)
--- of a customer's server
select pg_sleep(a) from (values (30)) pg_sleep(a)
--- of a customer's server
with pg_sleep(a) as (select 30) select pg_sleep(a) from pg_sleep
--- of a customer's server
select * from (values (30.0)) v(a), lateral pg_sleep(a)
--- of a customer's server
select * from (values (30.0)) v(a) join lateral pg_sleep(a) on true
--- of a customer's server
select * from (values (30.0)) v(a), rows from (pg_sleep(a)) x
--- of a customer's server
select "pg_sleep" (30)
--- of a customer's server
select pg_sleep
--c
(30)
--- of a customer's server
select pg_catalog . pg_sleep /* */ (30)
--- of a customer's server
select * from xmltable('/a' passing xmlelement(name x, pg_sleep(30)) columns b text)
--- of a customer's server
select * from json_table(to_json(pg_sleep(30)::text)::jsonb, '$' columns (a int path '$'))
--- of a customer's server
select json_object('a' value pg_sleep(30)::text)
--- of a customer's server
select 1 from t tablesample system((select 1 from pg_sleep(30)))
--- of a customer's server
select now() at time zone pg_sleep(30)::text
--- of a customer's server
select sum(v) over w from t window w as (order by pg_sleep(30)::text)
--- of a customer's server
select pg_read_file('PG_VERSION')
--- of a customer's server
select * from pg_ls_dir('.') as x
--- of a customer's server
select set_config('transaction_read_only', 'off', true)
--- of a customer's server
select nextval('numbers')
--- of a customer's server
select pg_terminate_backend(1)
--- of a customer's server
select query_to_xml('select pg_sleep(30)', true, true, '')
--- of a customer's server
select * from ts_stat('select pg_sleep(30)::text::tsvector')
--- of a customer's server
select * from pg_authid
--- of a customer's server
select passwd from pg_catalog.pg_shadow
--- of a customer's server
table pg_authid
--- of a customer's server
select * from (with pg_authid as (select 1) select 1) x, pg_authid
--- of a customer's server
select array(select rolpassword from pg_authid)
--- of a customer's server
select * from pg_user_mappings
--- of a customer's server
select * from information_schema.user_mapping_options
--- of a customer's server
select * from pg_file_settings
--- of a customer's server
select * from pg_hba_file_rules
--- transactions
commit and chain
--- transactions
abort
--- transactions
end
--- transactions
savepoint x
--- transactions
release savepoint x
--- transactions
rollback to savepoint x
--- transactions
start transaction read write
--- transactions
prepare transaction 'x'
--- transactions
rollback prepared 'x'
--- transactions
set transaction_read_only = off
--- transactions
set local transaction_read_only = off
--- transactions
set default_transaction_read_only = off
--- transactions
select 1;; rollback
--- transactions
select 1 /* */ ; /* */ commit --
--- writes inside a SELECT
with x as (select 1), y as (delete from ops.ci returning 1) select * from x
--- writes inside a SELECT
select * from (with x as (delete from ops.ci returning 1) select * from x) y
--- writes inside a SELECT
select * from ops.ci for no key update
--- writes inside a SELECT
select * from ops.ci for key share
--- writes inside a SELECT
select * from ops.ci for update nowait
--- writes inside a SELECT
select * from ops.ci for update skip locked
--- writes inside a SELECT
select * from ops.ci c where exists (select from ops.ci d for update)
--- writes inside a SELECT
with x as materialized (select * from ops.ci for update) select * from x
--- writes inside a SELECT
select 1 into temp owned
--- writes inside a SELECT
select 1 into unlogged owned
--- writes inside a SELECT
select 1 as a into table owned
--- writes inside a SELECT
create temp table owned (a int)
--- writes inside a SELECT
create materialized view owned as select 1
--- writes inside a SELECT
create view public.owned as select 1
--- writes inside a SELECT
create or replace function public.owned() returns int language sql as 'select 1'
--- writes inside a SELECT
drop schema ops cascade
--- writes inside a SELECT
comment on table ops.ci is 'x'
--- writes inside a SELECT
refresh materialized view x
--- writes inside a SELECT
import foreign schema x from server y into z
--- writes inside a SELECT
security label on table ops.ci is 'x'
--- writes inside a SELECT
alter system set work_mem = '1GB'
--- writes inside a SELECT
create user owned superuser
--- writes inside a SELECT
drop role tobit_reader
--- writes inside a SELECT
alter role current_user superuser
--- explain
explain select 1
--- explain
explain (analyze) with x as (delete from ops.ci returning 1) select * from x
--- explain
explain (analyze, buffers) insert into ops.ci select * from ops.ci
--- explain
explain (analyze) select pg_sleep(30)
--- explain
explain execute p
--- large objects and files
select lowrite(0, 'x')
--- large objects and files
select loread(0, 1)
--- large objects and files
select lo_open(1, 131072)
--- large objects and files
select lo_put(1, 0, 'x')
--- large objects and files
select lo_unlink(1)
--- large objects and files
select lo_truncate(0, 0)
--- large objects and files
select be_lo_unlink(1)
--- large objects and files
select * from pg_ls_logdir()
--- large objects and files
select * from pg_ls_tmpdir()
--- large objects and files
select * from pg_ls_archive_statusdir()
--- large objects and files
select * from pg_ls_replslotdir('x')
--- large objects and files
select pg_read_file('PG_VERSION', 0, 1, true)
--- large objects and files
select pg_read_binary_file('PG_VERSION')
--- large objects and files
select * from pg_read_binary_file('PG_VERSION') as x(y)
--- large objects and files
select x from pg_ls_dir('.') with ordinality as t(x, n)
--- large objects and files
select lateral_.f from (values ('.')) v(d), lateral pg_ls_dir(v.d) as lateral_(f)
--- large objects and files
select * from pg_stat_file('PG_VERSION')
--- large objects and files
select pg_relation_filepath('pg_class')
--- large objects and files
select * from pg_control_system()
--- large objects and files
select pg_current_logfile()
--- large objects and files
copy (select 1) to '/tmp/tobit-owned'
--- large objects and files
copy (select 1) to program 'id > /tmp/tobit-owned'
--- large objects and files
copy ops.ci from program 'id'
--- large objects and files
copy ops.ci from stdin
--- large objects and files
load 'plpgsql'
--- large objects and files
select lo_export(lo_from_bytea(0, 'x'), '/tmp/tobit-owned')
--- other servers
select dblink_connect('dbname=postgres')
--- other servers
select dblink_exec('dbname=postgres', 'select 1')
--- other servers
select * from postgres_fdw_get_connections()
--- other servers
create server x foreign data wrapper y
--- other servers
select dblink_send_query('a', 'b')
--- settings
select set_config('search_path', 'pg_temp', false)
--- settings
select * from set_config('role', 'none', false)
--- settings
select pg_catalog."set_config"('role', 'none', false)
--- settings
select "pg_catalog"."set_config"('role', 'none', false)
--- settings
select (set_config('role', 'none', false))
--- settings
select set_config ('role', 'none', false) from ops.ci
--- settings
select max(set_config('role', 'none', false))
--- settings
select set_config(variadic array['a','b'])
--- settings
select * from (select set_config('role', 'none', false)) x
--- settings
select 1 order by set_config('role', 'none', false)
--- settings
select 1 group by set_config('role', 'none', false)
--- settings
select 1 having set_config('role', 'none', false) = ''
--- settings
select distinct on (set_config('role', 'none', false)) 1
--- settings
select 1 offset length(set_config('role', 'none', false))
--- settings
select 1 fetch first (select length(set_config('role', 'none', false))) rows only
--- settings
select * from generate_series(1, length(set_config('a.b', 'x', false)))
--- settings
select * from (values (set_config('role', 'none', false))) x
--- settings
with x as (select set_config('role', 'none', false)) select * from x
--- settings
with recursive x(a) as (select set_config('a.b', 'x', false) union all select a from x where false) select * from x
--- settings
select (array[1, 2])[length(set_config('a.b', 'x', false))]
--- settings
select row(set_config('a.b', 'x', false))
--- settings
select array[set_config('a.b', 'x', false)]
--- settings
select 1 in (select length(set_config('a.b', 'x', false)))
--- settings
select exists (select set_config('a.b', 'x', false))
--- settings
select cast(set_config('a.b', 'x', false) as text)
--- settings
select set_config('a.b', 'x', false)::text collate "C"
--- settings
select set_config('a.b', 'x', false) is not null
--- settings
select not set_config('a.b', 'x', false) = 'y'
--- settings
select -length(set_config('a.b', 'x', false))
--- settings
select coalesce(set_config('a.b', 'x', false), 'y')
--- settings
select extract(epoch from set_config('a.b', 'x', false)::interval)
--- settings
select substring(set_config('a.b', 'x', false) from 1 for 2)
--- settings
select position('x' in set_config('a.b', 'x', false))
--- settings
select overlay(set_config('a.b', 'x', false) placing 'a' from 1)
--- settings
select trim(both from set_config('a.b', 'x', false))
--- settings
select string_agg(x, ',' order by set_config('a.b', x, false)) from (values ('a')) v(x)
--- settings
select percentile_disc(0.5) within group (order by set_config('a.b', 'x', false))
--- settings
select count(*) filter (where set_config('a.b', 'x', false) = '')
--- settings
select sum(1) over (partition by set_config('a.b', 'x', false))
--- settings
select set_config('a.b', 'x', false) from unnest(array[1]) with ordinality
--- settings
select xmlforest(set_config('a.b', 'x', false) as a)
--- settings
select xmlserialize(content xmlelement(name a, set_config('a.b', 'x', false)) as text)
--- settings
select json_arrayagg(set_config('a.b', 'x', false))
--- settings
select json_objectagg('a' value set_config('a.b', 'x', false))
--- settings
select json_value(to_jsonb(set_config('a.b', 'x', false)), '$')
--- settings
select a from ops.ci c join lateral (select set_config('a.b', 'x', false) a) d on true
--- settings
select * from ops.ci c left join ops.ci d on set_config('a.b', 'x', false) = ''
--- settings
select 1 union select length(set_config('a.b', 'x', false))
--- settings
select 1 where (1, 'x') = (1, set_config('a.b', 'x', false))
--- settings
select 1 where 'x' like set_config('a.b', 'x', false) escape '!'
--- settings
select 1 where 'x' similar to set_config('a.b', 'x', false)
--- settings
select 1 where 1 between 0 and length(set_config('a.b', 'x', false))
--- settings
select 1 from ops.ci tablesample bernoulli (length(set_config('a.b', 'x', false)))
--- settings
select 1 from ops.ci tablesample bernoulli (10) repeatable (length(set_config('a.b', 'x', false)))
--- settings
select case set_config('a.b', 'x', false) when 'x' then 1 end
--- settings
select grouping(set_config('a.b', 'x', false)) group by rollup (set_config('a.b', 'x', false))
--- settings
select ｓet_config('role', 'none', false)
--- settings
select set_config ('role', 'none', false)
--- settings
select set_config　('role', 'none', false)
--- settings
select set_config('role', 'none', false)
--- settings
select set_config('role', 'none', false)
--- settings
select * from ts_rewrite('a'::tsquery, 'select ''a''::tsquery, set_config(''a.b'', ''x'', false)::tsquery')
--- settings
select query_to_xml($$select set_config('a.b', 'x', false)$$, true, true, '')
--- settings
select query_to_xmlschema('select 1', true, true, '')
--- settings
select setseed(0.5)
--- settings
reset all
--- settings
set session_replication_role = replica
--- settings
select * from pg_settings where set_config(name, 'x', false) = ''
--- other people's functions
select public.to_bin(true)
--- other people's functions
select to_bin(true)
--- other people's functions
select app.definer()
--- other people's functions
select * from app.definer()
--- other people's functions
select app.definer() from ops.ci
--- other people's functions
select public.definer()
--- other people's functions
select definer()
--- other people's functions
select total(c) from ops.ci c
--- other people's functions
select c.total from ops.ci c
--- other people's functions
select spy(1)
--- other people's functions
select spy(x) from generate_series(1, 2) x
--- other people's functions
select to_oct('a'::text)
--- other people's functions
select 1 #### 2
--- other people's functions
select 1 operator(app.####) 2
--- other people's functions
select x #### 1 from generate_series(1, 2) x
--- other people's functions
select pg_catalog.upper(public.to_bin(true))
--- locks and messages
select pg_advisory_lock_shared(1)
--- locks and messages
select pg_try_advisory_lock(1, 2)
--- locks and messages
select pg_advisory_xact_lock(1)
--- locks and messages
select pg_notify(c.name, 'x') from ops.ci c
--- locks and messages
select pg_logical_emit_message(false, 'a', repeat('x', 100))
--- locks and messages
select pg_logical_slot_get_changes('x', null, null)
--- locks and messages
select pg_create_logical_replication_slot('x', 'pgoutput')
--- locks and messages
select pg_create_physical_replication_slot('x')
--- locks and messages
select pg_drop_replication_slot('x')
--- locks and messages
select pg_replication_origin_create('x')
--- locks and messages
select pg_backup_start('x')
--- locks and messages
select pg_promote()
--- locks and messages
select pg_wal_replay_pause()
--- locks and messages
select pg_import_system_collations('pg_catalog')
--- locks and messages
select pg_stat_statements_reset()
--- locks and messages
select pg_stat_reset_shared('bgwriter')
--- locks and messages
select pg_prewarm('ops.ci')
--- locks and messages
select gin_clean_pending_list('x')
--- locks and messages
select brin_summarize_new_values('x')
--- locks and messages
select pg_nextoid('pg_class', 'oid', 'pg_class_oid_index')
--- locks and messages
select pg_stat_force_next_flush()
--- locks and messages
select pg_log_backend_memory_contexts(1)
--- locks and messages
select pg_read_server_files()
--- locks and messages
select amvalidate(1)
--- others
select * from pg_stat_activity
--- others
select query from pg_catalog.pg_stat_activity
--- others
select query from "pg_stat_activity" s
--- others
table pg_stat_activity
--- others
select * from only pg_stat_activity
--- others
select count(*) from (select * from pg_stat_activity) x
--- others
select pg_stat_get_backend_activity(1)
--- others
select * from pg_stat_get_backend_idset()
--- others
select * from pg_stat_statements
--- others
select * from public.pg_stat_statements
--- others
select pg_cancel_backend(pid) from pg_stat_activity
--- others
select pg_terminate_backend(pid) from pg_stat_activity
--- others
select pg_terminate_backend(1, 1000)
--- others
select * from pg_prepared_statements
--- others
select * from pg_db_role_setting
--- others
select * from pg_authid a, pg_roles r
--- others
select * from only pg_authid
--- others
select rolpassword from only (pg_authid)
--- others
select * from pg_largeobject
--- others
select * from pg_subscription
--- others
select * from pg_statistic
--- others
select most_common_vals from pg_stats
--- waiting
select pg_sleep(30) from ops.ci
--- waiting
select case when 1 = 1 then pg_sleep(30) end
--- waiting
select pg_catalog.pg_sleep(30)
--- waiting
select * from pg_sleep(30) as x
--- waiting
select (select pg_sleep(30))
--- waiting
with x as materialized (select pg_sleep(30)) select 1 from x
--- waiting
select 1 where exists (select pg_sleep(30))
--- waiting
select $1::pg_catalog.text
--- commands
do language plpgsql $$ begin perform 1; end $$
--- commands
prepare p as select 1
--- commands
execute p(1)
--- commands
deallocate p
--- commands
lock ops.ci in access exclusive mode
--- commands
listen "x"
--- commands
notify x, 'y'
--- commands
vacuum full ops.ci
--- commands
call app.definer()
--- commands
discard temp
--- commands
move next in g
--- commands
close all
--- commands
begin; select 1
--- commands
create trigger x before insert on ops.ci execute function y()
--- commands
values (1); drop table ops.ci
--- commands
table ops.ci; drop table ops.ci
--- commands
select 1\;drop table ops.ci
--- commands
select 1 \gexec
--- commands
\! touch /tmp/tobit-owned
--- commands
select 1; -- 
 select 2
--- hidden text
select 1 /*! ; drop table ops.ci */; drop table ops.ci
--- hidden text
select '\'; drop table ops.ci --'
--- hidden text
select e'\\'; drop table ops.ci --'
--- hidden text
select $a$ $b$ $a$; drop table ops.ci; --$b$
--- hidden text
select $가$ $가$; drop table ops.ci
--- hidden text
select U&'\0027'; drop table ops.ci
--- hidden text
select u&"pg_sl\0065ep"(30)
--- hidden text
select U&"pg\005fsleep"(30)
--- hidden text
select u&"!0070g_sleep" uescape '!' (30)
--- hidden text
select "pg_sleep"(30)
--- hidden text
select "PG_SLEEP"(30)
--- hidden text
select Pg_SlEeP(30)
--- hidden text
select pg_sleep/**/(30)
--- hidden text
select pg_sleep--
(30)
--- hidden text
select pg_catalog/**/./**/pg_sleep(30)
--- hidden text
select "pg_catalog".pg_sleep(30)
--- hidden text
select tobit.pg_catalog.pg_sleep(30)
--- hidden text
select N'x', pg_sleep(30)
--- hidden text
select b'1', pg_sleep(30)
--- hidden text
select 'a' 'b', pg_sleep(30)
--- hidden text
select 'a'
'b', pg_sleep(30)
--- hidden text
select 1::int, pg_sleep(30)
--- hidden text
select :n, pg_sleep(30)
--- hidden text
select '/*', pg_sleep(30), '*/'
--- hidden text
select "/*", pg_sleep(30) from (select 1 as "/*") x
--- hidden text
select '--', pg_sleep(30)
--- hidden text
select $$--$$, pg_sleep(30)
--- hidden text
select 1 as "a""b", pg_sleep(30)
--- hidden text
select {fn pg_sleep(30)}
--- hidden text
select ${pg_sleep(30)}
--- hidden text
select `pg_sleep`(30)
--- hidden text
select [pg_sleep](30)
--- hidden text
select pg_sleep (all 30)
--- hidden text
select pg_sleep(variadic array[30])
--- hidden text
select pg_sleep(seconds => 30)
--- hidden text
select any_value(pg_sleep(30)::text)
