-- The audit as partitions under seals.
select 1;
