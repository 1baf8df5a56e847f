-- Links to results.
select 1;
