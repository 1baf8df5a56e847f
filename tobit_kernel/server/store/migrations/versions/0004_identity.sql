-- People, their groups, sessions, keys and sign-ins. Secrets are kept as digests or encrypted.

alter table gate.account
add column email text not null default '',
add column lang text not null default '',
add column time_zone text not null default '',
-- Who vouches for the person: this gate (a password), or a provider that knows them as `subject`.
add column origin text not null default 'own' check (origin in ('own', 'oidc', 'ldap', 'hub')),
add column provider text not null default '',
add column subject text,
add column password_hash text,
add column password_changed_at timestamptz,
add column must_change_password boolean not null default false,
add column totp_secret bytea,
-- The same before the person has shown that their app has it.
add column totp_pending bytea,
-- The last half minute whose code was taken: no code is taken twice.
add column totp_last_step bigint not null default 0,
add column disabled_at timestamptz,
add column disabled_reason text,
add column last_sign_in_at timestamptz;
create unique index account_by_subject on gate.account (origin, provider, subject) where subject is not null;
create index account_by_tenant on gate.account (tenant_id, id);
comment on column gate.account.totp_secret is 'encrypted, never sent out';
comment on column gate.account.totp_pending is 'encrypted, never sent out';

-- Codes on paper, for who lost their app; each works once.
create table gate.recovery_code (
    digest bytea primary key,
    tenant_id text not null,
    account text not null references gate.account on delete cascade,
    used_at timestamptz
);
create index recovery_code_by_account on gate.recovery_code (account);
comment on column gate.recovery_code.digest is 'sha256 of account and code, which is nowhere';

-- Attempts to sign in since the last success, by name (whoever has it, or nobody) and by IP address.
create table gate.attempt (
    subject text primary key,
    tenant_id text,
    failures integer not null,
    last_at timestamptz not null,
    locked_until timestamptz
);
create index attempt_by_time on gate.attempt (last_at);
comment on column gate.attempt.subject is 'name/… or ip/…';

create table gate.account_group (
    tenant_id text not null references gate.tenant,
    name text not null,
    description text not null default '',
    created_at timestamptz not null default now(),
    primary key (tenant_id, name)
);

create table gate.membership (
    tenant_id text not null,
    group_name text not null,
    account text not null references gate.account on delete cascade,
    -- A membership that a provider told comes and goes with what it tells.
    origin text not null default 'own' check (origin in ('own', 'oidc', 'ldap', 'hub')),
    primary key (tenant_id, group_name, account),
    foreign key (tenant_id, group_name) references gate.account_group on delete cascade
);
create index membership_by_account on gate.membership (account);

create table gate.session (
    digest bytea primary key,
    id text not null unique,
    tenant_id text not null,
    account text not null references gate.account on delete cascade,
    kind text not null check (kind in ('browser', 'program', 'kernel', 'dashboard', 'report')),
    method text not null check (method in ('password', 'oidc', 'ldap', 'hub', 'link', 'session')),
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    ends_at timestamptz not null,
    idle_s integer not null,
    ip text,
    agent text,
    -- What the provider calls this session, for its sign-out.
    provider_session text,
    ended_at timestamptz,
    ended_by text
);
create index session_by_account on gate.session (account, created_at desc);
create index session_by_provider on gate.session (provider_session) where provider_session is not null;
comment on column gate.session.digest is 'sha256 of the token, which is nowhere';

create table gate.api_key (
    digest bytea primary key,
    id text not null unique,
    tenant_id text not null,
    account text not null references gate.account on delete cascade,
    name text not null,
    -- The first letters, by which a person finds it again.
    hint text not null,
    -- What it may at most; null: all that its owner may.
    permissions text[],
    created_at timestamptz not null default now(),
    ends_at timestamptz,
    last_used_at timestamptz,
    ended_at timestamptz,
    ended_by text,
    replaced_by text
);
create index api_key_by_account on gate.api_key (account, created_at desc);

create table gate.sign_in (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    -- Null for a name that nobody has.
    tenant_id text,
    account text,
    name text not null,
    method text not null,
    outcome text not null,
    ip text,
    agent text
);
create index sign_in_by_account on gate.sign_in (account, at desc);
create index sign_in_by_time on gate.sign_in (at);

-- Who else may vouch for people of a tenant: OpenID Connect, LDAP.
create table gate.provider (
    tenant_id text not null references gate.tenant,
    name text not null unique,
    kind text not null check (kind in ('oidc', 'ldap')),
    options jsonb not null,
    secret bytea,
    is_enabled boolean not null default true,
    created_by text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, name)
);
comment on column gate.provider.secret is 'encrypted, never sent out';

-- A sign-in on its way through a provider; taken once, by its state.
create table gate.oidc_flow (
    digest bytea primary key,
    provider text not null,
    -- What binds it to the browser that began it.
    browser bytea not null,
    nonce text not null,
    verifier text not null,
    next text not null,
    ends_at timestamptz not null
);

-- Sign-out tokens of providers that were taken: none is taken twice.
create table gate.oidc_logout (
    digest bytea primary key,
    ends_at timestamptz not null
);

create table gate.one_time (
    digest bytea primary key,
    tenant_id text not null,
    account text not null references gate.account on delete cascade,
    purpose text not null check (purpose in ('password', 'code')),
    made_by text not null,
    made_at timestamptz not null default now(),
    ends_at timestamptz not null,
    used_at timestamptz
);
create index one_time_by_account on gate.one_time (account);

grant select, insert, update, delete
on gate.account_group, gate.membership, gate.session, gate.api_key, gate.one_time, gate.provider, gate.oidc_flow,
gate.oidc_logout, gate.recovery_code, gate.attempt
to tobit_app;
grant select, insert on gate.sign_in to tobit_app;

do $$
declare
    name text;
begin
    foreach name in array array[
        'account_group', 'membership', 'session', 'api_key', 'sign_in', 'one_time', 'provider', 'oidc_flow', 'oidc_logout',
        'recovery_code', 'attempt'
    ] loop
        execute format('alter table gate.%I enable row level security', name);
        execute format('create policy app on gate.%I to tobit_app using (true) with check (true)', name);
    end loop;
end
$$;

-- Sessions, links and sign-ins serve for a while; old ones go by this.
create function gate.expire_identity(keep_days integer) returns void
security definer
begin atomic
    delete from gate.session where greatest(ends_at, coalesce(ended_at, ends_at)) < now() - make_interval(days => greatest(keep_days, 1));
    delete from gate.oidc_flow where ends_at < now();
    delete from gate.oidc_logout where ends_at < now();
    delete from gate.one_time where ends_at < now() - make_interval(days => greatest(keep_days, 1));
    delete from gate.sign_in where at < now() - make_interval(days => greatest(keep_days, 1));
    delete from gate.attempt where last_at < now() - make_interval(days => 1) and coalesce(locked_until, now()) <= now();
end;

-- The history of sign-ins can only be added to; a person who is erased leaves it with their pseudonym.
create function gate.erase_sign_ins(person text, pseudonym text) returns void
security definer
begin atomic
    update gate.sign_in set account = pseudonym, name = pseudonym, ip = null, agent = null where account = person;
end;

-- Every gate forgets what it knows of people when something about them changes.
create function gate.tell_identity() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_notify('tobit_identity', '');
    return null;
end
$$;

create trigger tell after insert or update of role, tenant_id, disabled_at, must_change_password, lang, time_zone or delete on gate.account
for each statement execute function gate.tell_identity();
create trigger tell after insert or update or delete on gate.membership
for each statement execute function gate.tell_identity();
create trigger tell after update of ended_at, ends_at or delete on gate.session
for each statement execute function gate.tell_identity();
create trigger tell after update of ended_at, ends_at, permissions or delete on gate.api_key
for each statement execute function gate.tell_identity();

revoke execute on function gate.expire_identity, gate.erase_sign_ins, gate.tell_identity from public;
grant execute on function gate.expire_identity, gate.erase_sign_ins to tobit_app;
