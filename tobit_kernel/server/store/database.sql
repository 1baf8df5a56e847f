-- Who may do what in this database. Run by its owner or a superuser; what could not be
-- granted is found by requirements.sql.
do $$
declare
    name text := quote_ident(current_database());
begin
    execute format('revoke temporary on database %s from public', name);
    execute format('grant connect, create, temporary on database %s to tobit_owner', name);
    execute format('grant connect, create, temporary on database %s to tobit_app', name);
    execute format('grant connect on database %s to tobit_reader', name);
end
$$;

revoke create on schema public from public;
