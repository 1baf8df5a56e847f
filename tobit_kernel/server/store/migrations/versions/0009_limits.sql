-- Quotas, and what statements cost.

-- How much somebody may use. A quota of a role holds for each user who has it; one of a user goes before it;
-- one of the tenant is shared by all of its users.
create table gate.quota (
    tenant_id text not null references gate.tenant,
    subject_type text not null check (subject_type in ('user', 'role', 'tenant')),
    subject text not null default '',
    measure text not null check (measure in ('queries', 'rows', 'bytes', 'seconds', 'concurrent', 'requests')),
    per text not null,
    amount bigint not null check (amount >= 0),
    reason text not null default '',
    set_by text not null,
    set_at timestamptz not null default now(),
    primary key (tenant_id, subject_type, subject, measure),
    check (per = case measure when 'concurrent' then 'moment' when 'requests' then 'minute' else 'day' end),
    check ((subject_type = 'tenant') = (subject = ''))
);

-- What was used, added up by day (UTC). The row without a table is the statements themselves; a statement that
-- reads two tables counts in the row of each as well.
create table gate.usage_day (
    tenant_id text not null references gate.tenant,
    day date not null,
    actor text not null,
    source text not null,
    table_name text not null default '',
    queries bigint not null default 0,
    rows bigint not null default 0,
    ms double precision not null default 0,
    bytes bigint not null default 0,
    errors bigint not null default 0,
    cached bigint not null default 0,
    primary key (tenant_id, day, actor, source, table_name)
);
create index usage_day_by_day on gate.usage_day (day);

create table gate.slow_query (
    id bigint generated always as identity primary key,
    tenant_id text not null references gate.tenant,
    at timestamptz not null default now(),
    actor text not null,
    source text not null,
    statement text not null,
    ms double precision not null,
    rows bigint not null,
    outcome text not null,
    plan text,
    hints text[] not null default '{}',
    trace_id text
);
create index slow_query_by_time on gate.slow_query (tenant_id, at desc, id desc);

grant select, insert, update, delete on gate.quota, gate.usage_day to tobit_app;
grant select, insert, delete on gate.slow_query to tobit_app;

do $$
declare
    name text;
begin
    foreach name in array array['quota', 'usage_day', 'slow_query'] loop
        execute format('alter table gate.%I enable row level security', name);
        execute format('create policy app on gate.%I to tobit_app using (true) with check (true)', name);
    end loop;
end
$$;
