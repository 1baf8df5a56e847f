import { statementLanguage } from './statement';

const words = (text: string): Set<string> => new Set(text.split(/\s+/).filter(Boolean));

/** PostgreSQL's SQL with `:name` parameters. */
export const sql = statementLanguage({
  name: 'tobit-sql',
  lineComment: '--',
  nameQuotes: '"',
  textQuotes: "'",
  parameter: /^:[\p{L}_][\p{L}\p{N}_]*/u,
  postgres: true,
  keywords: words(`
    all and any array as asc asymmetric at between both by case cast collate cross cube current desc distinct else end escape
    except exclude exists extract fetch filter first following for from full group grouping groups having ilike in inner
    intersect interval into is isnull join last lateral leading left like limit materialized natural not notnull nulls of offset on only
    or order ordinality others outer over overlaps partition preceding range recursive right rollup row rows select sets
    similar some symmetric table tablesample then ties to trailing unbounded union using values when where window with within zone
    insert update delete create alter drop view index set returning explain analyze
  `),
  types: words(`
    bigint bigserial bit bool boolean bytea char character cidr date decimal double float inet int int2 int4 int8 integer json
    jsonb macaddr money numeric oid precision real serial smallint text time timestamp timestamptz timetz tsvector uuid varchar
    varying vector xml
  `),
  constants: words('true false null unknown default current_date current_time current_timestamp localtime localtimestamp current_user')
});
