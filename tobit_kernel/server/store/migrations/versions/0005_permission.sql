-- Who may do what beside the role matrix of the program, and who sees which rows.

create table gate.permission (
    id bigint generated always as identity primary key,
    tenant_id text not null references gate.tenant,
    subject_type text not null check (subject_type in ('role', 'group', 'account')),
    subject text not null,
    permission text not null,
    resource text not null default '*',
    is_allowed boolean not null,
    reason text not null check (reason <> ''),
    given_by text not null,
    given_at timestamptz not null default now(),
    ends_at timestamptz,
    unique (tenant_id, subject_type, subject, permission, resource)
);
comment on column gate.permission.resource is '* or kind/name, such as source/plant';

create table gate.scope (
    tenant_id text not null references gate.tenant,
    subject_type text not null check (subject_type in ('role', 'group', 'account')),
    subject text not null,
    dimension text not null
    check (dimension in ('all', 'factory', 'line', 'product_family', 'shift', 'equipment', 'ci_group')),
    value text not null,
    reason text not null check (reason <> ''),
    given_by text not null,
    given_at timestamptz not null default now(),
    primary key (tenant_id, subject_type, subject, dimension, value)
);
comment on column gate.scope.value is '* for all of a dimension; with dimension "all" always *';

grant select, insert, update, delete on gate.permission, gate.scope to tobit_app;

do $$
declare
    name text;
begin
    foreach name in array array['permission', 'scope'] loop
        execute format('alter table gate.%I enable row level security', name);
        execute format('create policy app on gate.%I to tobit_app using (true) with check (true)', name);
        execute format('create trigger tell after insert or update or delete on gate.%I'
                       ' for each statement execute function gate.tell_identity()', name);
    end loop;
end
$$;

-- The CIs that belong together for permission.
create table ops.ci_group (
    tenant_id text not null,
    group_code text not null,
    name text not null default '',
    primary key (tenant_id, group_code)
);
comment on table ops.ci_group is 'Groups of CIs, for the data scopes of people';
comment on column ops.ci_group.tenant_id is 'whose row it is';
comment on column ops.ci_group.group_code is 'short name, the value of the scope ci_group';
comment on column ops.ci_group.name is 'name to show';

create table ops.ci_group_member (
    tenant_id text not null,
    group_code text not null,
    ci_id int not null,
    primary key (tenant_id, group_code, ci_id),
    foreign key (tenant_id, group_code) references ops.ci_group on delete cascade,
    foreign key (tenant_id, ci_id) references ops.ci on delete cascade
);
comment on table ops.ci_group_member is 'Which CI is in which group';
comment on column ops.ci_group_member.tenant_id is 'whose row it is';
comment on column ops.ci_group_member.group_code is 'the group';
comment on column ops.ci_group_member.ci_id is 'the CI';

do $$
declare
    name text;
begin
    foreach name in array array['ci_group', 'ci_group_member'] loop
        execute format('alter table ops.%I enable row level security', name);
        execute format('create policy tenant on ops.%I for select to tobit_reader'
                       ' using (tenant_id = (select gate.tenant()))', name);
        execute format('create policy app on ops.%I to tobit_app using (true) with check (true)', name);
        execute format('grant select on ops.%I to tobit_reader', name);
        execute format('grant select, insert, update, delete on ops.%I to tobit_app', name);
    end loop;
end
$$;

-- The values of a dimension that the bound person sees: NULL for all of them, none when nothing was given.
create function gate.sees(dimension text) returns text[]
stable security definer parallel restricted
begin atomic
    select case
        when b.tenant_id is null then '{}'::text[]
        when b.scopes @> '{"all": ["*"]}' or b.scopes -> dimension @> '["*"]' then null
        else array(select jsonb_array_elements_text(coalesce(b.scopes -> dimension, '[]')))
    end
    from (select pg_backend_pid() as pid) here
    left join gate.bound b on b.pid = here.pid and b.backend_start = gate.backend_start(here.pid);
end;

-- The lines, products, equipment and CIs in sight; NULL for all.
create function mfg.seen_lines() returns text[]
stable security definer parallel restricted
begin atomic
    select case
        when (select gate.sees('line')) is null and (select gate.sees('factory')) is null then null
        else array(
            select line_code from mfg.dim_line
            where tenant_id = (select gate.tenant())
              and ((select gate.sees('line')) is null or line_code = any ((select gate.sees('line'))::text[]))
              and ((select gate.sees('factory')) is null or factory_code = any ((select gate.sees('factory'))::text[]))
        )
    end;
end;

create function mfg.seen_products() returns text[]
stable security definer parallel restricted
begin atomic
    select case
        when (select gate.sees('product_family')) is null then null
        else array(
            select product_code from mfg.dim_product
            where tenant_id = (select gate.tenant()) and family = any ((select gate.sees('product_family'))::text[])
        )
    end;
end;

create function mfg.seen_equipment() returns text[]
stable security definer parallel restricted
begin atomic
    select case
        when (select gate.sees('equipment')) is null and (select mfg.seen_lines()) is null then null
        else array(
            select equipment_code from mfg.dim_equipment
            where tenant_id = (select gate.tenant())
              and ((select gate.sees('equipment')) is null or equipment_code = any ((select gate.sees('equipment'))::text[]))
              and ((select mfg.seen_lines()) is null or line_code = any ((select mfg.seen_lines())::text[]))
        )
    end;
end;

create function ops.seen_cis() returns int[]
stable security definer parallel restricted
begin atomic
    select case
        when (select gate.sees('ci_group')) is null then null
        else array(
            select distinct ci_id from ops.ci_group_member
            where tenant_id = (select gate.tenant()) and group_code = any ((select gate.sees('ci_group'))::text[])
        )
    end;
end;

create function ops.seen_ci_codes() returns text[]
stable security definer parallel restricted
begin atomic
    select case
        when (select ops.seen_cis()) is null then null
        else array(select ci_code from ops.ci where tenant_id = (select gate.tenant()) and ci_id = any ((select ops.seen_cis())::int[]))
    end;
end;

revoke execute on function gate.sees, mfg.seen_lines, mfg.seen_products, mfg.seen_equipment, ops.seen_cis,
ops.seen_ci_codes from public;
grant execute on function gate.sees, mfg.seen_lines, mfg.seen_products, mfg.seen_equipment, ops.seen_cis,
ops.seen_ci_codes to tobit_reader, tobit_app;

-- Restrictive policies are ANDed with that of the tenant and with each other.
do $$
declare
    rule record;
begin
    for rule in
        select * from (values
            ('mfg.dim_line', 'line_code', 'mfg.seen_lines()'),
            ('mfg.dim_equipment', 'equipment_code', 'mfg.seen_equipment()'),
            ('mfg.dim_product', 'product_code', 'mfg.seen_products()'),
            ('mfg.dim_shift', 'shift', 'gate.sees(''shift'')'),
            ('mfg.fact_daily_production', 'line_code', 'mfg.seen_lines()'),
            ('mfg.fact_daily_production', 'product_code', 'mfg.seen_products()'),
            ('mfg.fact_daily_production', 'shift', 'gate.sees(''shift'')'),
            ('mfg.fact_daily_defect', 'line_code', 'mfg.seen_lines()'),
            ('mfg.fact_daily_defect', 'product_code', 'mfg.seen_products()'),
            ('mfg.fact_daily_defect', 'shift', 'gate.sees(''shift'')'),
            ('mfg.fact_inventory_snapshot', 'product_code', 'mfg.seen_products()'),
            ('mfg.fact_equipment_event', 'equipment_code', 'mfg.seen_equipment()'),
            ('mfg.fact_hourly_production', 'line_code', 'mfg.seen_lines()'),
            ('mfg.fact_hourly_production', 'product_code', 'mfg.seen_products()'),
            ('ops.ci', 'ci_id', 'ops.seen_cis()'),
            ('ops.ci_relation', 'from_ci_id', 'ops.seen_cis()'),
            ('ops.ci_relation', 'to_ci_id', 'ops.seen_cis()'),
            ('ops.ci_group_member', 'ci_id', 'ops.seen_cis()'),
            ('ops.ci_group', 'group_code', 'gate.sees(''ci_group'')'),
            ('ops.metric', 'ci_id', 'ops.seen_cis()'),
            ('ops.metric_value', 'ci_id', 'ops.seen_cis()'),
            ('ops.event_log', 'ci_id', 'ops.seen_cis()'),
            ('ops.maintenance', 'ci_code', 'ops.seen_ci_codes()'),
            ('ops.work_history', 'ci_id', 'ops.seen_cis()'),
            ('ops.change_history', 'ci_id', 'ops.seen_cis()'),
            ('ops.threshold', 'ci_code', 'ops.seen_ci_codes()')
        ) as given (name, field, seen)
    loop
        execute format('create policy %I on %s as restrictive for select to tobit_reader'
                       ' using ((select %s) is null or %I in (select unnest(%s)))',
                       'scope_' || rule.field, rule.name, rule.seen, rule.field, rule.seen);
    end loop;
end
$$;
