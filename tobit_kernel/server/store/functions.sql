-- On a cluster of our own: functions that change something, wait, signal, read files or look at
-- other sessions are not for everybody. Those that only give a value stay.
do $$
declare
    f regprocedure;
begin
    for f in
        select oid::regprocedure
        from pg_proc
        where
            pronamespace = 'pg_catalog'::regnamespace
            and (
                provolatile = 'v'
                or proname ~ '^(table|query|cursor|schema|database)_to_xml'
                or proname in ('pg_stat_get_activity', 'ts_stat')
            )
            and proname not in (
                'random', 'random_normal', 'clock_timestamp', 'timeofday', 'gen_random_uuid', 'uuidv4', 'uuidv7'
            )
            and has_function_privilege('public', oid, 'execute')
    loop
        execute format('grant execute on function %s to tobit_owner, tobit_app', f);
        execute format('revoke execute on function %s from public', f);
    end loop;
end
$$;
