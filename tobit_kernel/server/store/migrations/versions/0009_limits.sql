-- Quotas, and what statements cost.
select 1;
