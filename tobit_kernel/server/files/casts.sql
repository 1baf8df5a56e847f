-- DuckDB macros: text to values. Each gives NULL for what does not fit, and is stricter than
-- DuckDB's own casts, which take '12.5' for 13, '1_000' for 1000 and '0x1F' for 31.

create macro whole_text(t) as
    case when regexp_matches(trim(t), '^([+-]?[0-9]+)$') then trim(t)
         -- a spreadsheet or JSON writes 12 as 12.0
         when regexp_matches(trim(t), '^([+-]?[0-9]+\.0+)$') then split_part(trim(t), '.', 1) end;

create macro number_text(t) as
    case when regexp_matches(trim(t), '^([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)$') then trim(t) end;

create macro float_text(t) as
    case when regexp_matches(lower(trim(t)), '^([+-]?(nan|inf|infinity))$') then lower(trim(t)) else number_text(t) end;

-- only where a column's type was given and the file's separator is a semicolon
create macro with_point(t) as
    case when regexp_matches(trim(t), '^([+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?)$') then replace(t, ',', '.') else t end;

create macro boolean_of(t) as
    case when lower(trim(t)) in ('true', 't', 'yes', 'y', 'on', '1') then true
         when lower(trim(t)) in ('false', 'f', 'no', 'n', 'off', '0') then false end;

create macro dashed(t) as translate(left(trim(t), 10), '/.', '--') || substr(trim(t), 11);

create macro date_of(t) as
    case when regexp_matches(trim(t), '^([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([ T]0{1,2}:00(:00(\.0+)?)?)?)$')
             then try_cast(split_part(split_part(dashed(t), ' ', 1), 'T', 1) as date)
         when regexp_matches(trim(t), '^([0-9]{8})$') then try_strptime(trim(t), '%Y%m%d')::date end;

create macro timestamp_of(t) as
    case when regexp_matches(trim(t),
             '^([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)?)$')
         then try_cast(dashed(t) as timestamp) end;

create macro timestamptz_of(t) as
    case when regexp_matches(trim(t),
             '^([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)? ?([zZ]|[+-][0-9]{2}(:?[0-9]{2})?)?)?)$')
         then try_cast(regexp_replace(regexp_replace(upper(dashed(t)), ' ?(Z|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})$', '\1'),
                                      '(:[0-9.]+[+-][0-9]{2})([0-9]{2})$', '\1:\2') as timestamptz) end;

create macro time_of(t) as
    case when regexp_matches(trim(t), '^([0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)$') then try_cast(trim(t) as time) end;

create macro json_of(t) as case when json_valid(t) and not contains(t, '\u0000') then t end;

create macro bytea_of(t) as
    case when regexp_matches(t, '^(\\x([0-9a-fA-F]{2})*)$') then unhex(substr(t, 3)) end;

-- What an unlooked-at column of text may become: stricter still, so that nothing is lost.
-- A leading zero or plus is an identifier or a telephone number; 1E5 is a part number, 1e+05 a number.

-- The patterns of the common forms come first and alone: they run over every value of a file.

create macro looks_bigint(t) as
    regexp_matches(t, '^ *-?(0|[1-9][0-9]{0,17}) *$')
    or (regexp_matches(t, '^ *-?[1-9][0-9]{18} *$') and try_cast(t as bigint) is not null);

create macro looks_whole(t) as regexp_matches(t, '^ *-?(0|[1-9][0-9]{0,37}) *$');

create macro looks_number(t) as
    regexp_matches(t, '^ *-?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-][0-9]+)? *$')
    or lower(t) in ('nan', 'inf', '-inf', 'infinity', '-infinity');

create macro looks_boolean(t) as lower(t) in ('true', 'false');

create macro looks_date(t) as
    length(t) <= 10 and case when regexp_matches(t, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') then try_cast(t as date) is not null
                             else regexp_matches(t, '^[0-9]{4}[-/.][0-9]') and date_of(t) is not null end;

create macro looks_timestamp(t) as
    length(t) > 10
    and case when regexp_matches(t, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?$')
                 then try_cast(t as timestamp) is not null
             else timestamp_of(t) is not null end;

create macro looks_timestamptz(t) as
    regexp_matches(t, ':.*([zZ]|[+-][0-9]{2}(:?[0-9]{2})?)$') and timestamptz_of(t) is not null;

-- digits behind the point: 2 for '1.25', 7 for '1.25e-5'
create macro scale_of(t) as
    greatest(0, length(split_part(regexp_replace(number_text(t), '[eE].*', ''), '.', 2))
                - coalesce(try_cast(nullif(regexp_extract(number_text(t), '[eE](.*)', 1), '') as integer), 0));
