-- What a customer's database holds beside data: functions and operators that do more than their names say.
create schema ops;
create table ops.ci (ci_id int primary key, name text);
create table ops.ci_relation (ci_id int);
insert into ops.ci select g, 'n' || g from generate_series(1, 10) g;
create schema app;
create table public.effects (id int);
create table t (id int primary key, name text, v float8, status text);
insert into t select g, 'n' || g, g, 'ok' from generate_series(1, 10) g;
create sequence numbers;
create function app.log(text) returns int language sql as 'select 1 from pg_sleep(30)';
create function app.definer() returns int language sql security definer as $$select nextval('numbers')::int$$;
create function public.definer() returns int language sql security definer as $$select nextval('numbers')::int$$;
-- Names that are allowed, with arguments that PostgreSQL's own do not take.
create function public.to_bin(boolean) returns text language sql as $$select 'x' || nextval('numbers')$$;
create function public.spied(int, int) returns int language sql as $$select nextval('numbers')::int$$;
create aggregate public.spy(int) (sfunc = spied, stype = int, initcond = '0');
create function public.added(text, text) returns text language sql as $$select nextval('numbers')::text$$;
create aggregate public.to_oct(text) (sfunc = added, stype = text);
create operator public.#### (function = spied, leftarg = int, rightarg = int);
create operator app.#### (function = spied, leftarg = int, rightarg = int);
create function total(t) returns int language sql as 'select 1 from pg_sleep(30)';
create function total(ops.ci) returns int language sql as 'select 1 from pg_sleep(30)';
