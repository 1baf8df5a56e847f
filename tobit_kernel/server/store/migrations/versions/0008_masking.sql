-- Columns and patterns that are masked.

create table gate.masked_column (
    tenant_id text not null references gate.tenant,
    source text not null,
    table_name text not null,
    column_name text not null,
    kind text not null check (
        kind in ('name', 'email', 'phone', 'rrn', 'card', 'account', 'address', 'passport', 'ip', 'free')
    ),
    mode text not null default 'mask' check (mode in ('mask', 'hash', 'drop', 'none')),
    reason text not null check (reason <> ''),
    declared_by text not null,
    at timestamptz not null default now(),
    primary key (tenant_id, source, table_name, column_name)
);
comment on column gate.masked_column.table_name is 'schema.table as the source calls them; my. for own tables';
comment on column gate.masked_column.mode is 'none: declared, and shown as it is';

create table gate.masking_policy (
    tenant_id text not null references gate.tenant,
    pattern text not null,
    mode text not null check (mode in ('mask', 'hash', 'drop', 'none')),
    reason text not null check (reason <> ''),
    decided_by text not null,
    at timestamptz not null default now(),
    primary key (tenant_id, pattern)
);
comment on table gate.masking_policy is 'Patterns without a row are masked';

create table gate.masking_key (
    tenant_id text primary key references gate.tenant,
    key bytea not null
);
comment on column gate.masking_key.key is 'makes hashes of one tenant worthless to others; encrypted, never sent out';

grant select, insert, update, delete on gate.masked_column, gate.masking_policy to tobit_app;
grant select, insert, update on gate.masking_key to tobit_app;

do $$
declare
    name text;
begin
    foreach name in array array['masked_column', 'masking_policy', 'masking_key'] loop
        execute format('alter table gate.%I enable row level security', name);
        execute format('create policy app on gate.%I to tobit_app using (true) with check (true)', name);
    end loop;
end
$$;
