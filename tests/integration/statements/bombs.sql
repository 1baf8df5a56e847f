--- a bomb
with recursive r(i) as (select 1 union all select i + 1 from r) select count(*) from r
--- a bomb
select count(*) from generate_series(1, 1000000000000)
--- a bomb
select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b, generate_series(1, 100000) c
--- a bomb
select count(*) from ops.ci a, ops.ci b, ops.ci c, generate_series(1, 1000000000) d
--- a bomb
select regexp_replace(repeat('a', 100000), '(a*)*b', 'x')
--- a bomb
select max(i::numeric ^ 1000) from generate_series(1, 100000000) i
--- a value of a gigabyte
select repeat('x', 1000000000)
--- many values of a megabyte
select repeat('x', 1000000) from generate_series(1, 100000)
--- a row that multiplies
with recursive r(t) as (select 'x' union all select t || t from r) select max(length(t)) from r
--- rows that multiply
with recursive r(i) as (select 1 union all select i from r, generate_series(1, 10)) select count(*) from r
--- a sort that spills
select g from generate_series(1, 1000000000) g order by random()
--- a large array
select array_agg(g) from generate_series(1, 1000000000) g
--- a large text
select string_agg(repeat('x', 1000), '') from generate_series(1, 10000000)
--- a padded text
select length(lpad('x', 1000000000, 'y'))
--- a factorial
select factorial(1000000)
--- a pattern
select 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' ~ '^(((a+)+)+)+$' from generate_series(1, 10000000)
