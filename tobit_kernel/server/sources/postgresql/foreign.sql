-- Functions and operators that are not PostgreSQL's own and do more than compute, or were never said not to:
-- volatile ones, those with their owner's rights, and aggregates made of such.
with risky as (
    select p.oid, p.proname, p.prokind, p.prorettype
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname not in ('pg_catalog', 'information_schema')
      and (p.provolatile = 'v' or p.prosecdef)
)
select proname::text as name, false as is_operator
from risky
where prokind in ('f', 'w') and prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
union
select p.proname::text, false
from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
where exists (select from risky where oid in (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn,
                                              a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn))
union
select o.oprname::text, true
from pg_operator o join risky on risky.oid = o.oprcode
