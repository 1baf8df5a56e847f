-- Vectors for search, where the server has them and lets us.
do $$
begin
    if exists (select from pg_available_extensions where name = 'vector') then
        create extension if not exists vector with schema public;
    end if;
exception
    when insufficient_privilege then
        raise notice 'extension vector is left out: %', sqlerrm;
end
$$;
