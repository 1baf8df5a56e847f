-- The three roles, made when missing. Run by a role that may create roles.
do $$
begin
    -- Owns every schema and table; nobody signs in as it.
    if not exists (select from pg_roles where rolname = 'tobit_owner') then
        create role tobit_owner nologin;
    end if;
    -- The gateway. Neither a superuser nor exempt from row security.
    if not exists (select from pg_roles where rolname = 'tobit_app') then
        create role tobit_app login;
    end if;
    -- The statements of analysts.
    if not exists (select from pg_roles where rolname = 'tobit_reader') then
        create role tobit_reader login;
    end if;
end
$$;

-- The owner sees when a backend of the others began: gate.bound is keyed by it.
grant tobit_app, tobit_reader to tobit_owner;

-- Nets below the limits that the gate sets for each statement.
alter role tobit_reader set default_transaction_read_only = on;
alter role tobit_reader set statement_timeout = '1h';
alter role tobit_reader set lock_timeout = '10s';
alter role tobit_reader set idle_in_transaction_session_timeout = '10min';
alter role tobit_reader set timezone = 'UTC';
alter role tobit_reader set search_path = public;
alter role tobit_app set lock_timeout = '30s';
alter role tobit_app set idle_in_transaction_session_timeout = '10min';
alter role tobit_app set timezone = 'UTC';
alter role tobit_app set search_path = public;

-- Whoever runs this acts as the owner in migrations. A superuser may anyway.
do $$
begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant tobit_owner to %I', current_user);
    end if;
end
$$;
