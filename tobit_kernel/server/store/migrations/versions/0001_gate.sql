-- Everything here belongs to tobit_owner. tobit_app sees the rows of all tenants and filters by
-- tenant itself; tobit_reader sees nothing of this schema and asks it only through the functions
-- at the end, which row policies call.

create table gate.migration (
    revision text primary key,
    tobit_version text not null,
    at timestamptz not null default now()
);

create table gate.tenant (
    tenant_id text primary key,
    name text not null,
    created_at timestamptz not null default now()
);

-- id is unique over all tenants, because it names the user's own schema.
create table gate.account (
    id text primary key,
    tenant_id text not null references gate.tenant,
    name text not null,
    role text not null check (role in ('admin', 'manager', 'approver', 'analyst', 'operator', 'viewer')),
    created_at timestamptz not null default now()
);

-- Who a backend of tobit_reader works for just now. Rows are updated in place (the key never
-- changes), so the table stays as small as the pool; a crash of the server empties it, which
-- binds nobody.
create unlogged table gate.bound (
    pid integer not null,
    backend_start timestamptz not null,
    tenant_id text,
    actor text,
    role text,
    scopes jsonb,
    bound_at timestamptz not null default now(),
    primary key (pid, backend_start)
) with (fillfactor = 20);

create table gate.audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    tenant_id text not null,
    actor text not null,
    actor_type text not null check (actor_type in ('user', 'system', 'api', 'webhook', 'job')),
    action text not null,
    resource text,
    source text,
    statement text,
    tables text[],
    rows bigint,
    ms double precision,
    cached boolean,
    outcome text not null,
    error text,
    reason text,
    ip text,
    agent text,
    trace_id text,
    parent_trace_id text
);
create index audit_by_time on gate.audit (tenant_id, at desc, id desc);
create index audit_by_actor on gate.audit (tenant_id, actor, at desc, id desc);
create index audit_by_trace on gate.audit (trace_id);

create table gate.span (
    trace_id text not null,
    span_id text not null,
    parent_id text,
    tenant_id text not null,
    name text not null,
    kind text not null,
    started_at timestamptz not null,
    ms double precision not null,
    status text not null,
    attributes jsonb not null default '{}',
    primary key (trace_id, span_id)
);
create index span_by_time on gate.span (started_at);

create table gate.source (
    tenant_id text not null references gate.tenant,
    name text not null,
    type text not null,
    location text not null,
    secret bytea,
    description text not null default '',
    created_by text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, name)
);
comment on column gate.source.secret is 'encrypted, never sent out';

-- Lost in a crash, which a cache may be.
create unlogged table gate.result_cache (
    key bytea primary key,
    tenant_id text not null,
    expires_at timestamptz not null,
    body bytea not null,
    tail jsonb not null
);
create index result_cache_by_expiry on gate.result_cache (expires_at);
-- Arrow streams hardly shrink; trying costs more than a small answer takes.
alter table gate.result_cache alter column body set storage external;

create table gate.loaded_table (
    schema_name text not null,
    table_name text not null,
    tenant_id text not null references gate.tenant,
    owner text not null,
    created_at timestamptz not null default now(),
    primary key (schema_name, table_name)
);

create table gate.setting (
    tenant_id text not null references gate.tenant,
    name text not null,
    value jsonb not null,
    updated_by text not null,
    updated_at timestamptz not null default now(),
    primary key (tenant_id, name)
);

grant usage on schema gate to tobit_app;
grant select, insert, update, delete
on gate.tenant, gate.account, gate.bound, gate.source, gate.result_cache, gate.loaded_table, gate.setting
to tobit_app;
-- Append only: nobody who serves requests can change what was written down.
grant select, insert on gate.audit, gate.span to tobit_app;
grant select on gate.migration, gate.alembic_version to tobit_app;

do $$
declare
    name text;
begin
    foreach name in array array[
        'tenant', 'account', 'bound', 'audit', 'span', 'source', 'result_cache', 'loaded_table', 'setting'
    ] loop
        execute format('alter table gate.%I enable row level security', name);
        execute format('create policy app on gate.%I to tobit_app using (true) with check (true)', name);
    end loop;
end
$$;

insert into gate.tenant (tenant_id, name) values ('default', 'Default');
insert into gate.account (id, tenant_id, name, role) values ('local', 'default', 'Local user', 'admin');

-- When a backend began; NULL when there is none. With the process number it names a backend for
-- good, because process numbers come back.
create function gate.backend_start(of_pid integer) returns timestamptz
stable security definer
begin atomic
    select backend_start from pg_stat_get_activity(of_pid);
end;

-- Who this connection works for; NULL, and so no rows, when nobody was bound. Policies call them
-- as `(select gate.tenant())`, once per statement.
create function gate.tenant() returns text
stable security definer parallel restricted
begin atomic
    select tenant_id from gate.bound
    where pid = pg_backend_pid() and backend_start = gate.backend_start(pg_backend_pid());
end;

create function gate.actor() returns text
stable security definer parallel restricted
begin atomic
    select actor from gate.bound
    where pid = pg_backend_pid() and backend_start = gate.backend_start(pg_backend_pid());
end;

create function gate.role() returns text
stable security definer parallel restricted
begin atomic
    select role from gate.bound
    where pid = pg_backend_pid() and backend_start = gate.backend_start(pg_backend_pid());
end;

-- Traces serve for a while; the application, which can only add to them, lets old ones go by this alone.
create function gate.expire_spans(keep_days integer) returns void
security definer
begin atomic
    delete from gate.span where started_at < now() - make_interval(days => greatest(keep_days, 1));
end;

-- The reader may call them (in policies) but not name them: it has no right on the schema.
revoke execute on all functions in schema gate from public;
grant execute on function gate.tenant(), gate.actor(), gate.role() to tobit_reader, tobit_app;
grant execute on function gate.backend_start(integer), gate.expire_spans(integer) to tobit_app;
