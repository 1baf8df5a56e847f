"""The tables of the contract, for the sources that are PostgreSQL."""

TABLES = """
create table SCHEMA.numbers as
select i, i / 2.0::float8 as half, case when i % 7 <> 0 then 'n' || i end as name,
       timestamp '2026-01-01' + i * interval '1 second' as moment
from generate_series(1, 30000) as i;
create table SCHEMA.empty as select * from SCHEMA.numbers where false;
"""
