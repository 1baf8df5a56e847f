-- What sources need beside an address: the type's own options, and how it was at the last look.
-- due_at is when somebody should look again; a gateway moves it on before it looks, so that of
-- several gateways one does.
alter table gate.source
    add column options jsonb not null default '{}',
    add column state text not null default 'unknown' check (state in ('up', 'down', 'unknown')),
    add column detail text not null default '',
    add column checked_at timestamptz,
    add column due_at timestamptz not null default now(),
    add column updated_by text,
    add column updated_at timestamptz;
create index source_by_due on gate.source (due_at);
