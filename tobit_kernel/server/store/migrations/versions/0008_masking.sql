-- Columns and patterns that are masked.
select 1;
