-- Links to results: what is shown, for how long and how often, and who came.

create table gate.share (
    digest bytea primary key,
    id text not null unique,
    tenant_id text not null references gate.tenant,
    owner text not null references gate.account on delete cascade,
    title text not null default '',
    -- What the gate runs in the owner's name each time.
    request jsonb not null,
    password_hash text,
    wrong_passwords integer not null default 0,
    created_at timestamptz not null default now(),
    ends_at timestamptz not null,
    uses_left integer check (uses_left >= 0),
    revoked_at timestamptz,
    revoked_by text
);
create index share_by_owner on gate.share (tenant_id, owner, created_at desc);
comment on column gate.share.digest is 'sha256 of the token, which is in the link alone';

create table gate.share_access (
    id bigint generated always as identity primary key,
    tenant_id text not null,
    share text not null references gate.share (id) on delete cascade,
    at timestamptz not null default now(),
    outcome text not null,
    rows bigint,
    ip text,
    agent text
);
create index share_access_by_share on gate.share_access (share, at desc);

grant select, insert, update, delete on gate.share to tobit_app;
grant select, insert on gate.share_access to tobit_app;

do $$
declare
    name text;
begin
    foreach name in array array['share', 'share_access'] loop
        execute format('alter table gate.%I enable row level security', name);
        execute format('create policy app on gate.%I to tobit_app using (true) with check (true)', name);
    end loop;
end
$$;
