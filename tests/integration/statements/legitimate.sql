--- of the workbench
select 'drop table ops.ci; commit'
--- of the workbench
select 'set_config(' as "pg_sleep"
--- of the workbench
select 1 as "delete", 2 as "update", 3 as "for update"
--- of the workbench
select $$ ; delete from x; $$, $body$ commit; $body$
--- of the workbench
select E'it\'s; drop table x'
--- of the workbench
select 'it''s -- no comment'
--- of the workbench
select 1 /* ; drop table x */ -- ; commit
--- of the workbench
select 1; 
--- of the workbench
select 1 /* /* */ ; drop table ops.ci -- */
--- of the workbench
select '10.0.0.1'::inet <<= '10.0.0.0/8' and '10.0.0.0/8'::inet >>= '10.0.0.1', 'a <<= b'
--- of the workbench
select 1 ; -- the end
--- of the workbench
with a as (select 1 as x), b as (select x + 1 as y from a) select * from a, b
--- of the workbench
with recursive r(i) as (select 1 union all select i + 1 from r where i < 5) select * from r
--- of the workbench
with x as materialized (select 1 as a) select * from x
--- of the workbench
select i, sum(i) over (order by i rows between 1 preceding and current row) from generate_series(1, 3) i
--- of the workbench
select i, lag(i) over w, rank() over w from generate_series(1, 3) i window w as (order by i desc)
--- of the workbench
select a.i, l.j from generate_series(1, 2) a(i), lateral (select a.i * 2 as j) l
--- of the workbench
select * from generate_series(1, 3) with ordinality as t(v, n)
--- of the workbench
select x from unnest(array[1, 2], array['a', 'b']) as t(x, y)
--- of the workbench
select (array[1, 2, 3])[2:], array[1] || 2, 2 = any(array[1, 2]), array_agg(i order by i desc) from generate_series(1, 2) i
--- of the workbench
select '{"a": [1, {"b": 2}]}'::jsonb #>> '{a,1,b}', '{"a": 1}'::jsonb ->> 'a', '[1]'::jsonb @> '1'
--- of the workbench
select jsonb_path_query('[1, 2]', '$[*] ? (@ > 1)'), jsonb_build_object('a', 1), json_agg(i) from generate_series(1, 1) i
--- of the workbench
select * from jsonb_to_recordset('[{"a": 1}]') as t(a int)
--- of the workbench
select key, value from jsonb_each_text('{"a": 1}')
--- of the workbench
select date_trunc('hour', now()), extract(epoch from interval '1 hour'), now() - interval '1 day', date '2026-01-01' + 7
--- of the workbench
select timestamptz '2026-01-01' at time zone 'Asia/Seoul', age(now()), to_char(now(), 'YYYY-MM-DD HH24:MI')
--- of the workbench
select date_bin('15 minutes', now(), timestamp '2001-01-01'::timestamptz)
--- of the workbench
select coalesce(null, 1), nullif(1, 1), greatest(1, 2), least(1, 2), case when 1 = 1 then 'a' else 'b' end
--- of the workbench
select percentile_cont(0.5) within group (order by i), mode() within group (order by i) from generate_series(1, 9) i
--- of the workbench
select count(*) filter (where i > 2), count(distinct i), string_agg(i::text, ',' order by i) from generate_series(1, 3) i
--- of the workbench
select i % 2 as k, count(*) from generate_series(1, 4) i group by 1 having count(*) > 1 order by 1 nulls last
--- of the workbench
select a, b, count(*) from (values (1, 2), (3, 4)) t(a, b) group by grouping sets ((a), (b), ())
--- of the workbench
select a, count(*) from (values (1), (2)) t(a) group by rollup (a)
--- of the workbench
select distinct on (i % 2) i from generate_series(1, 4) i order by i % 2, i desc
--- of the workbench
select 1 union select 2 intersect select 2 except select 3 order by 1 limit 5 offset 0
--- of the workbench
(select 1 as a limit 1) union all (select 2 limit 1)
--- of the workbench
values (1, 'a'), (2, 'b')
--- of the workbench
table ops.ci
--- of the workbench
select * from ops.ci c left join ops.ci_relation r on true where c.ci_id is not null limit 1
--- of the workbench
select c.* from ops.ci c tablesample system (10)
--- of the workbench
select count(*) from ops.ci c natural join ops.ci d
--- of the workbench
select "이름" from (select 1 as "이름") as 표 where 표."이름" = 1
--- of the workbench
select 값 from (select '한글' as 값) 자료 where 값 ~ '^한' and 값 like '한%' and 값 not ilike 'x%'
--- of the workbench
select regexp_replace('a1', '\d', ''), split_part('a-b', '-', 2), left('abc', 2), format('%s', 1), md5('a')
--- of the workbench
select 1::text || 'a', 5 / 2, 5 % 2, 2 ^ 3, |/ 4, ||/ 8, 1 << 2, 7 & 3, 'a' = 'a' is true
--- of the workbench
select width_bucket(5, 0, 10, 5), round(1.5), ceil(1.2), power(2, 3), mod(7, 3), random() < 1, pi()
--- of the workbench
select exists (select 1), 1 in (select 1), 1 = all (select 1), array(select 1), row(1, 2) = row(1, 2)
--- of the workbench
select (select max(ci_id::text) from ops.ci) is null or true
--- of the workbench (since 16)
select cast('1' as int), '1'::numeric(10, 2), interval '1' day, b'101', x'1F'::int, 1e3, .5, 1_000
--- of the workbench
select generate_series(1, 3), unnest(array[1, 2, 3])
--- of the workbench
select to_tsvector('simple', 'a b') @@ to_tsquery('simple', 'a')
--- of the workbench
select host('10.0.0.1'::inet), int4range(1, 5) @> 3
--- of the workbench
select overlay('abc' placing 'x' from 2), position('b' in 'abc'), substring('abc' from 2 for 1), trim(both 'x' from 'xax')
--- of the workbench
select x.* from (select 1 as a, 2 as b) x, (select 3 as c) y where (x.a, x.b) in ((1, 2), (3, 4))
--- of the workbench
select gen_random_uuid() is not null, version() like 'PostgreSQL%', current_date is not null, current_timestamp > now()
--- of the workbench
select 1 as "with ; semicolon", 2 as "quote "" inside"
--- of the workbench
select not (true and (false or (true)))
--- of the workbench (since 17)
select * from json_table('[{"a": 1}]', '$[*]' columns (a int path '$.a')) t
--- of a customer's server
select 'pg_sleep(1); drop table t' as "select", 'it''s' as b
--- of a customer's server
select e'a\'b', 'a\', $$it's$$, $q$ $$ $q$, U&'\0041', N'x', B'101', X'1F'
--- of a customer's server
select 1 -- pg_sleep(1)
, 2 /* pg_sleep(1) /* nested */ */
--- of a customer's server
select '이름' as 이름, 1 as "생산 라인"
--- of a customer's server
select count(*), sum(g), avg(g)::numeric(10, 2) from generate_series(1, 10) g
--- of a customer's server
select sum(g) filter (where g > 5) from generate_series(1, 10) g
--- of a customer's server
select percentile_cont(0.5) within group (order by g) from generate_series(1, 10) g
--- of a customer's server
select mode() within group (order by g % 3) from generate_series(1, 10) g
--- of a customer's server
select row_number() over (partition by g % 2 order by g desc) from generate_series(1, 10) g
--- of a customer's server
select sum(g) over w, lag(g, 1, 0) over w from generate_series(1, 5) g window w as (order by g)
--- of a customer's server
select avg(g) over (order by g rows between 2 preceding and current row) from generate_series(1, 5) g
--- of a customer's server
select sum(g) over (order by g groups between 1 preceding and 1 following exclude current row) from generate_series(1, 5) g
--- of a customer's server
select date_trunc('hour', now()), extract(epoch from now()), date_part('dow', now())
--- of a customer's server
select now() - interval '1 day', now() at time zone 'Asia/Seoul', interval '1' day
--- of a customer's server
select now()::date + make_interval(days => 3), age(now(), now() - interval '1 year')
--- of a customer's server
select to_char(now(), 'YYYY-MM-DD HH24:MI'), to_date('2024-01-02', 'YYYY-MM-DD'), to_timestamp(0)
--- of a customer's server
select d::date from generate_series(date '2024-01-01', date '2024-01-05', interval '1 day') as d
--- of a customer's server
select date_bin('15 minutes', now(), timestamptz '2020-01-01')
--- of a customer's server
select current_date, current_timestamp(3), localtime (0), timestamp(3) '2024-01-02'
--- of a customer's server
select a, n from unnest(array['a', 'b']) with ordinality as x(a, n)
--- of a customer's server
select a, n from unnest(array['a', 'b']) with ordinality x(a, n)
--- of a customer's server
select x.a, x.b from unnest(array[1, 2], array['a', 'b']) x(a, b)
--- of a customer's server
select array_agg(g order by g desc), array_to_string(array[1, 2], ','), (array[1, 2, 3])[2:3] from generate_series(1, 3) g
--- of a customer's server
select 2 = any(array[1, 2]), 2 <> all(array[1]), array[1, 2] @> array[1], cardinality(array[1])
--- of a customer's server
select g % 2, g % 3, count(*) from generate_series(1, 9) g group by grouping sets ((1), (2), ())
--- of a customer's server
select g % 2 as a, grouping(g % 2) from generate_series(1, 9) g group by rollup (g % 2)
--- of a customer's server
select distinct on (g % 2) g from generate_series(1, 9) g order by g % 2, g desc
--- of a customer's server
with recursive tree(n, path) as (select 1, array[1] union all select n + 1, path || n from tree where n < 5) select * from tree
--- of a customer's server
with a as materialized (select 1 as x), b(y) as (select x from a) select * from a, b
--- of a customer's server
with t(a, b) as (values (1, 'x'), (2, 'y')) select t.a, t.b from t
--- of a customer's server
select * from (values (1, 'a'), (2, 'b')) as v(id, name) join lateral (select v.id * 2 as d) l on true
--- of a customer's server
select * from generate_series(1, 2) a(x) cross join lateral generate_series(1, a.x) b(y)
--- of a customer's server
select * from generate_series(1, 2) a(x) left join generate_series(2, 3) b(y) on (a.x = b.y)
--- of a customer's server
select '{"a": {"b": [1, 2]}}'::jsonb -> 'a' ->> 'b', '{"a": 1}'::jsonb @> '{"a": 1}'
--- of a customer's server
select '{"a": [1]}'::jsonb #>> '{a,0}', '{"a": 1}'::jsonb ? 'a', '{"a": 1}'::jsonb - 'a'
--- of a customer's server
select key, value from jsonb_each('{"a": 1}')
--- of a customer's server
select * from jsonb_to_recordset('[{"a": 1, "b": "x"}]') as r(a int, b varchar(10))
--- of a customer's server
select * from json_to_record('{"a": 1}') r(a int)
--- of a customer's server
select jsonb_path_query('{"a": [1, 2]}', '$.a[*] ? (@ > 1)'), jsonb_build_object('a', 1)
--- of a customer's server
select json_agg(row_to_json(x)) from (select 1 as a) x
--- of a customer's server
select x.* from (select 1 as a, 2 as b) x where (x.a, x.b) in ((1, 2), (3, 4)) and (x.a, 1) < (2, 0)
--- of a customer's server
select regexp_replace('a1b2', '\d', '', 'g'), regexp_matches('ab', '(a)(b)'), 'abc' ~ '^a', 'A' ~* 'a'
--- of a customer's server
select 'abc' like 'a%', 'abc' ilike 'A_C', 'a%' like 'a!%' escape '!', 'abc' similar to '(a|b)%'
--- of a customer's server
select split_part('a,b', ',', 2), string_agg(x, ',' order by x) from unnest(array['b', 'a']) x
--- of a customer's server
select left('abc', 1), right('abc', 1), substring('abc' from 2 for 1), position('b' in 'abc'), overlay('abc' placing 'x' from 2), trim(both 'x' from 'xax')
--- of a customer's server
select case when 1 > 0 then (select 2) else coalesce(null, 3) end, nullif(1, 1), greatest(1, 2)
--- of a customer's server
select 1 between (0) and (2), 1 in (1, 2), not (false), 1 is distinct from 2, null is null
--- of a customer's server
select exists (select 1), (select max(g) from generate_series(1, 3) g), array(select 1)
--- of a customer's server
select 1 union all (select 2 order by 1 limit 1) intersect select 1 except select 3
--- of a customer's server
select cast('12.5' as numeric(6, 2)), '1'::int::text, 1::bit(8), 'x'::varchar(3), '{1,2}'::int[]
--- of a customer's server
select int4range(1, 5) @> 3, daterange('2024-01-01', '2024-02-01', '[)') where (date '2024-01-01', date '2024-01-02') overlaps (date '2024-01-01', date '2024-01-03')
--- of a customer's server
select inet '10.0.0.1' << inet '10.0.0.0/8', host(inet '10.0.0.1/32'), masklen('10.0.0.0/8'::cidr)
--- of a customer's server
select to_tsvector('simple', 'a b') @@ to_tsquery('simple', 'a & b')
--- of a customer's server
select round(1.234, 2), floor(1.5), ceil(1.5), mod(7, 3), power(2, 3), 5 % 3, 2 ^ 3, |/ 9
--- of a customer's server
select width_bucket(5, 0, 10, 5), corr(g, g), regr_slope(g, g), stddev_samp(g) from generate_series(1, 9) g
--- of a customer's server
select md5('a'), encode(sha256('a'), 'hex'), gen_random_uuid() is not null, random() < 1
--- of a customer's server
select count(*) from pg_class tablesample bernoulli (50)
--- of a customer's server
select * from generate_series(1, 5) g order by g desc nulls last limit (2) offset (1)
--- of a customer's server
select * from generate_series(1, 5) g fetch first 2 rows only
--- of a customer's server
select g.* from generate_series(1, 2) as g where g = 1 or g.g = 2
--- of a customer's server
select x.name, x.text, x.date, x.path from (select 1 as name, 2 as text, 3 as date, 4 as path) x
--- of a customer's server
select x.status, x.count, x.lower from (select 'a' as status, 1 as count, 2 as lower) x
--- of a customer's server
select pg_catalog.upper('a'), pg_catalog.now() is not null
--- of a customer's server
select o.relname from pg_catalog.pg_class o where o.relkind = 'r' limit 1
--- of a customer's server
select format('%s-%I', 1, 'a b'), concat_ws('-', 1, null, 2), lpad('1', 3, '0'), initcap('ab')
--- of a customer's server
select u & b from (select 3 as u, 2 as b) as bits
--- common table expressions
with recursive t(n) as (values (1) union all select n + 1 from t where n < 10) select sum(n) from t
--- common table expressions
with recursive fib(a, b) as (select 0, 1 union all select b, a + b from fib where b < 100) select a from fib
--- common table expressions
with recursive g(id, parent) as (values (1, null::int), (2, 1), (3, 2)), up as (select id, parent, 0 as depth from g where id = 3 union all select g.id, g.parent, depth + 1 from g join up on g.id = up.parent) select * from up
--- common table expressions
with a as (select 1 as x), b as (select 2 as x) select * from a union all select * from b
--- common table expressions
with recursive t(n) as (select 1 union select (n + 1) % 5 from t) cycle n set seen using path select * from t
--- common table expressions
with recursive t(n, m) as (select 1, 1 union all select n + 1, m from t where n < 3) search depth first by n set ord select n from t order by ord
--- common table expressions
with a as not materialized (select 1 as x) select * from a where x in (select x from a)
--- windows
select g, ntile(4) over (order by g), percent_rank() over (order by g), cume_dist() over (order by g) from generate_series(1, 8) g
--- windows
select g, first_value(g) over w, last_value(g) over w, nth_value(g, 2) over w from generate_series(1, 4) g window w as (order by g rows between unbounded preceding and unbounded following)
--- windows
select g, sum(g) over (order by g range between 2 preceding and 2 following exclude ties) from generate_series(1, 5) g
--- windows
select d, avg(v) over (order by d range between interval '2 days' preceding and current row) from (values (date '2026-01-01', 1), (date '2026-01-03', 2)) t(d, v)
--- windows
select g, dense_rank() over (partition by g % 3 order by g), lead(g, 2, -1) over (order by g) from generate_series(1, 9) g
--- windows
select g, count(*) filter (where g > 2) over (order by g) from generate_series(1, 5) g
--- windows
select sum(sum(g)) over () from generate_series(1, 3) g group by g % 2
--- lateral and table functions
select a.x, l.top from generate_series(1, 3) a(x) left join lateral (select max(y) as top from generate_series(1, a.x) y) l on true
--- lateral and table functions
select * from rows from (generate_series(1, 2), unnest(array['a', 'b', 'c'])) with ordinality as t(a, b, n)
--- lateral and table functions
select * from unnest(array[1, 2], array['a', 'b'], array[true, false]) as t(a, b, c)
--- lateral and table functions
select g.d::date, extract(isodow from g.d) from generate_series(timestamp '2026-01-01', timestamp '2026-01-03', interval '12 hours') g(d)
--- lateral and table functions
select s.part, s.n from string_to_table('a,b,c', ',') with ordinality s(part, n)
--- lateral and table functions
select m[1], m[2] from regexp_matches('a1b2', '([a-z])(\d)', 'g') m
--- lateral and table functions
select generate_subscripts(array['a', 'b'], 1)
--- lateral and table functions
select * from generate_series(10, 1, -3)
--- JSON
select '{"a": {"b": [1, {"c": "x"}]}}'::jsonb #> '{a,b,1}' ->> 'c'
--- JSON
select jsonb '{"a": 1}' || jsonb '{"b": 2}', jsonb '{"a": 1, "b": 2}' - array['a'], jsonb '[1, 2, 3]' - 1
--- JSON
select jsonb '{"a": 1}' ?| array['a', 'b'], jsonb '{"a": 1}' ?& array['a'], jsonb '{"a": [1]}' #- '{a,0}'
--- JSON
select jsonb '{"a": [1, 2, 3]}' @? '$.a[*] ? (@ > 2)', jsonb '{"a": 1}' @@ '$.a == 1'
--- JSON
select (jsonb '{"a": {"b": 1}}')['a']['b'], jsonb_array_length('[1, 2]'), jsonb_typeof('null')
--- JSON
select jsonb_path_query_array('{"a": [1, 2, 3]}', '$.a[*] ? (@ >= $min)', '{"min": 2}')
--- JSON
select jsonb_set('{"a": 1}', '{a}', '2'), jsonb_insert('{"a": [1]}', '{a,0}', '0'), jsonb_strip_nulls('{"a": null}')
--- JSON
select jsonb_object_agg(k, v order by k) from (values ('a', 1), ('b', 2)) t(k, v)
--- JSON
select e.value ->> 'n' as n from jsonb_array_elements('[{"n": 1}, {"n": 2}]') e where (e.value ->> 'n')::int > 1
--- JSON
select json_build_object('a', json_build_array(1, 'x', null), 'b', now())::text is not null
--- JSON
select to_jsonb(t) - 'b' from (values (1, 2)) t(a, b)
--- JSON
select j.a, j.b from jsonb_to_record('{"a": 1, "b": [1, 2]}') as j(a int, b jsonb)
--- JSON
select jsonb_pretty('{"delete": "from x; drop table y"}')
--- JSON
select '{"drop table": 1}'::jsonb ? 'drop table'
--- arrays and ranges
select array[1, 2] || array[3], (array[[1, 2], [3, 4]])[2][1], array_dims(array[[1, 2], [3, 4]])
--- arrays and ranges
select array[1, 2, 3] && array[3, 4], array[1] <@ array[1, 2], array_position(array['a', 'b'], 'b')
--- arrays and ranges
select array_remove(array[1, 2, 1], 1), array_replace(array[1, 2], 2, 3), array_cat(array[1], array[2])
--- arrays and ranges
select (array_agg(g order by g))[1:2] from generate_series(1, 5) g
--- arrays and ranges
select array(select g * g from generate_series(1, 3) g), '{1,2,3}'::int[] @> array[2]
--- arrays and ranges
select 3 = some (array[1, 2, 3]), 3 > all (array[1, 2]), array_length(array[1, 2], 1)
--- arrays and ranges
select int4range(1, 10) * int4range(5, 15), int4range(1, 5) + int4range(5, 8), int4range(1, 10) - int4range(5, 15)
--- arrays and ranges
select tsrange('2026-01-01', '2026-01-02') && tsrange('2026-01-01 12:00', null), upper(int8range(1, 5)), lower_inc(numrange(1, 2))
--- arrays and ranges
select '{[1,3), [5,8)}'::int4multirange @> 6, range_merge(int4range(1, 2), int4range(8, 9)), isempty(int4range(1, 1))
--- arrays and ranges
select range_agg(r) from (values (int4range(1, 3)), (int4range(2, 5))) t(r)
--- arrays and ranges
select unnest('{[1,3), [5,8)}'::int4multirange)
--- text
select to_tsvector('english', 'the quick brown foxes') @@ websearch_to_tsquery('english', 'fox -cat')
--- text
select ts_rank(to_tsvector('simple', 'a b c'), plainto_tsquery('simple', 'b')), ts_headline('simple', 'a b c', to_tsquery('simple', 'b'))
--- text
select 'fat & rat'::tsquery && 'cat'::tsquery, 'a b'::tsvector || 'c'::tsvector, numnode('a & b'::tsquery)
--- text
select 'abc' ~ '^a.c$', 'ABC' ~* 'b', 'abc' !~ 'x', 'ABC' !~* 'x', 'a.c' ~~ 'a%', 'x' !~~ 'y%', 'A' ~~* 'a'
--- text
select regexp_split_to_array('a1b2c', '\d'), regexp_count('banana', 'a'), regexp_substr('x12y', '\d+'), regexp_instr('abc', 'c'), regexp_like('abc', 'B', 'i')
--- text
select 'x' || null is null, concat('a', null, 1), 'a' < 'b' collate "C", reverse('abc'), translate('abc', 'ab', 'xy')
--- text
select trim(leading 'x' from 'xxa'), trim(trailing from 'a '), btrim('xax', 'x'), rpad('a', 3, '-'), repeat('ab', 3)
--- text
select substring('foobar' from 'o(.)b'), substring('abc', 2), substr('abc', 2, 1), strpos('abc', 'c'), starts_with('abc', 'ab')
--- text
select chr(54620), ascii_ from (select octet_length('한') as ascii_) x
--- text
select format('%1$s %2$L %1$s', 'delete', 'drop table'), quote_literal('x; drop'), quote_ident('select')
--- text
select E'\u0041\x42\103\t', U&'d\0061t\+000061', e'\''
--- text
select 'a'
--- dates and zones
select now() at time zone 'UTC' at time zone 'Asia/Seoul', timezone('UTC', now()), date '2026-11-20' - date '2026-01-01'
--- dates and zones
select interval '1 year 2 months 3 days 04:05:06' * 2, interval '1 hour' / 4, justify_hours(interval '27 hours'), -interval '1 day'
--- dates and zones
select extract(week from date '2026-11-20'), extract(quarter from now()), date_part('epoch', interval '1 day'), extract(timezone_hour from now())
--- dates and zones
select timestamp '2026-01-01' + interval '1 month' - interval '1 day', timestamptz 'epoch', date 'tomorrow' > current_date
--- dates and zones
select make_timestamp(2026, 11, 20, 1, 2, 3), make_timestamptz(2026, 1, 1, 0, 0, 0, 'Asia/Seoul'), to_timestamp('20261120', 'YYYYMMDD')
--- dates and zones
select time '10:00' + interval '90 min', localtimestamp(0), current_time(0), time with time zone '10:00+09'
--- dates and zones
select interval '1-2' year to month, interval '3' hour, interval 'P1DT2H', timestamp(0) with time zone '2026-01-01 00:00:00.5+09'
--- dates and zones
select date_trunc('month', now(), 'Asia/Seoul'), (now() - interval '7 days', now()) overlaps (now() - interval '1 day', interval '2 days')
--- dates and zones
select now() between now() - interval '1 hour' and now() + interval '1 hour', isfinite(date 'infinity')
--- groups
select g % 2 as a, g % 3 as b, count(*), grouping(g % 2, g % 3) from generate_series(1, 12) g group by cube (1, 2) order by 1 nulls first, 2 nulls last
--- groups
select a, b, sum(v) from (values ('x', 'p', 1), ('x', 'q', 2)) t(a, b, v) group by grouping sets ((a, b), a, ()) having sum(v) > 0
--- groups
select a, b, sum(v) from (values ('x', 'p', 1)) t(a, b, v) group by a, rollup (b), grouping sets (())
--- groups
select string_agg(distinct x, ', ' order by x) filter (where x <> 'c') from unnest(array['b', 'a', 'c', 'a']) x
--- groups
select percentile_disc(array[0.25, 0.75]) within group (order by g), rank(3) within group (order by g) from generate_series(1, 9) g
--- groups
select bool_and(g > 0), bool_or(g > 8), every(g > 0), bit_or(g), variance(g), covar_pop(g, g), regr_r2(g, g) from generate_series(1, 9) g
--- groups
select distinct on (k) k, v from (values ('a', 1), ('a', 2), ('b', 3)) t(k, v) order by k, v desc
--- groups
select count(distinct (a, b)) from (values (1, 2), (1, 2)) t(a, b)
--- sets, values and limits
(select 1 union select 2) except (select 2 intersect select 2) order by 1
--- sets, values and limits
select * from (values (1, 'one'), (2, 'two'), (3, null)) as t(n, w) where w is not null order by n desc limit 1 offset 0
--- sets, values and limits
select * from generate_series(1, 10) g order by g fetch first 3 rows with ties
--- sets, values and limits
select all 1 union all select all 2
--- joins and samples
select * from ops.ci a full outer join ops.ci b using (ci_id) limit 1
--- joins and samples
select c.ci_id from ops.ci c tablesample system (50) repeatable (42) limit 1
--- joins and samples
select count(*) from ops.ci c cross join (select 1) x(y) where c.ci_id is not null and x.y = 1
--- joins and samples
select * from ops.ci as c where not exists (select 1 from ops.ci d where d.ci_id = c.ci_id and false) limit 1
--- joins and samples
select c.* from only ops.ci c limit 1
--- joins and samples
select (c).ci_id, (c.*) is null from ops.ci c limit 1
--- joins and samples
select a.x from (values (1)) a(x) natural join (values (1)) b(x) right join (values (1), (2)) c(y) on a.x = c.y
--- joins and samples
select 1 from ops.ci a, ops.ci b where a.ci_id = b.ci_id and a.ci_id in (select ci_id from ops.ci limit 1)
--- words that look like commands
select 'set role x', 'reset all', 'begin; commit', 'copy x to program' as "copy", 'listen' as listen, 'notify' as notify
--- words that look like commands
select "set", "delete", "lock", "do" from (select 1, 2, 3, 4) as "truncate"("set", "delete", "lock", "do")
--- words that look like commands
select x.commit, x.rollback, x.begin, x.update_ from (select 1 as commit, 2 as rollback, 3 as begin, 4 as update_) x
--- words that look like commands
select 1 as "pg_sleep(30)", 2 as "a;b", 3 as "--", 4 as "/*", 5 as "$$"
--- words that look like commands
select '; drop table "설비"; --' as "설비 ""이름""", '주석 -- 아님' as "값"
--- words that look like commands
select $$it's; drop table x; --$$, $sql$select pg_sleep(1); $$ $sql$, $태그$한글$태그$
--- words that look like commands
select /* select pg_sleep(1); */ 1 -- drop table x; 'unclosed
--- words that look like commands
select 'a' as select_, 'b' "into", 'c' as "for" from (select 1) as "update"
--- words that look like commands
select insert_, delete_ from (values (1, 2)) v(insert_, delete_) where insert_ = 1 and 'into' = 'into'
--- words that look like commands
select case when 'for update' = 'for update' then 'share' else 'nowait' end as lock
--- Korean
select "생산라인", sum("수량") as "합계" from (values ('1라인', 10), ('2라인', 20)) as 자료("생산라인", "수량") group by "생산라인"
--- Korean
with 설비 as (select 1 as 번호, '압축기' as 이름) select 설비.이름, 설비.번호 from 설비 where 설비.이름 like '압%'
--- Korean
select 온도 from (select 36.5 as 온도) as 측정 where 온도 between 30 and 40 -- 정상 범위
--- Korean
select '한글' || '과 ' || 'English' as "섞은 글", length('가나다'), upper('ß'), '가' < '나' collate "C"
--- Korean
select 번호, rank() over (partition by 라인 order by 불량률 desc) as 순위 from (values (1, 'A', 0.1), (2, 'A', 0.2)) as 품질(번호, 라인, 불량률)
--- operators and types
select point '(0,0)' <-> point '(3,4)', box '((0,0),(1,1))' @> point '(0.5,0.5)', circle '((0,0),1)' && circle '((1,0),1)'
--- operators and types
select 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 4, 16 >> 2, @ -5, -5 % 3, 2.0 ^ 0.5
--- operators and types
select inet '192.168.0.1' <<= inet '192.168.0.0/16', inet '10.0.0.1' + 5, ~ inet '10.0.0.1', macaddr '08:00:2b:01:02:03', cidr '10.0.0.0/8' && inet '10.1.1.1'
--- operators and types (since 16)
select 0x1F, 0b101, 0o17, 1_000_000, 1e-3, .5, 5., 'NaN'::float8, '-infinity'::float8, 1.5::numeric(3, 1)
--- operators and types
select b'1010' & b'0110', B'101' || B'1', x'ff'::bit(8)::int, '\xdeadbeef'::bytea, encode('abc', 'base64'), decode('YWJj', 'base64')
--- operators and types
select row(1, 'a') = (1, 'a'), row(1, 2) < row(1, 3), (1, null) is null, row(1, 2) is distinct from row(1, 3)
--- operators and types
select 1 is not distinct from null, true is not false, null is unknown, 1 isnull, 1 notnull, 'x' is normalized
--- operators and types
select cast(row(1, 2) as text), '(1,2)'::point, '{"a":1}'::json::text, uuid '00000000-0000-0000-0000-000000000000', '12:00'::time, '1 day'::interval
--- operators and types (with libxml)
select xmlelement(name a, xmlattributes('x' as b), 'text'), xpath('/a/text()', '<a>x</a>'), xml '<a/>' is document
--- operators and types (with libxml)
select * from xmltable('/r/i' passing '<r><i n="1">x</i></r>' columns n int path '@n', t text path '.')
--- operators and types
select 'abc'::char(2), 'abc'::varchar(2), 'a'::"char", 'x'::name, 1::smallint + 1::bigint, 12.34::money::text
--- operators and types
select 1 operator(pg_catalog.+) 2 as sum_
--- operators and types
select coalesce(nullif(trim('  '), ''), 'none'), greatest(null, 1), num_nulls(1, null), num_nonnulls(1, null)
--- operators and types
select gcd(12, 18), lcm(4, 6), div(7, 2), scale(1.50), trim_scale(1.50), min_scale(1.50), factorial(5), sign(-2), cbrt(27)
