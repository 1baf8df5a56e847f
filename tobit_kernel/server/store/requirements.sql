-- What is missing in this database: one row each, in words, with the statement that helps.
select words, remedy
from (
    values
        (
            not pg_has_role(current_user, 'tobit_owner', 'member'),
            format('%I is not a member of tobit_owner', current_user),
            format('grant tobit_owner to %I', current_user)
        ),
        (
            not pg_has_role('tobit_owner', 'tobit_app', 'usage') or not pg_has_role('tobit_owner', 'tobit_reader', 'usage'),
            'tobit_owner is not a member of tobit_app and tobit_reader',
            'grant tobit_app, tobit_reader to tobit_owner'
        ),
        (
            not has_database_privilege('tobit_owner', current_database(), 'create'),
            'tobit_owner may not create schemas',
            format('grant create on database %I to tobit_owner', current_database())
        ),
        (
            not has_database_privilege('tobit_app', current_database(), 'create, connect'),
            'tobit_app may not create schemas for loaded tables',
            format('grant connect, create on database %I to tobit_app', current_database())
        ),
        (
            not has_database_privilege('tobit_reader', current_database(), 'connect'),
            'tobit_reader may not connect',
            format('grant connect on database %I to tobit_reader', current_database())
        ),
        (
            has_database_privilege('tobit_reader', current_database(), 'temporary'),
            'tobit_reader may create temporary tables',
            format('revoke temporary on database %I from public', current_database())
        ),
        (
            has_schema_privilege('tobit_reader', 'public', 'create'),
            'tobit_reader may create tables in schema public',
            'revoke create on schema public from public'
        ),
        (
            exists (
                select
                from pg_roles
                where rolname in ('tobit_owner', 'tobit_app', 'tobit_reader') and (rolsuper or rolbypassrls)
            ),
            'a role of Tobit is a superuser or exempt from row security',
            'alter role tobit_app nosuperuser nobypassrls (likewise tobit_owner, tobit_reader)'
        ),
        (
            not exists (
                select
                from pg_db_role_setting, unnest(setconfig) as setting
                where setrole = 'tobit_reader'::regrole and setting = 'default_transaction_read_only=on'
            ),
            'tobit_reader is not read-only by default',
            'alter role tobit_reader set default_transaction_read_only = on'
        )
) as requirement (is_missing, words, remedy)
where is_missing
