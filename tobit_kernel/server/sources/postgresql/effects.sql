-- Of the names in $1 (a JSON array) those of functions that `value.name` calls with one argument and that do
-- more than compute. The last ones are volatile, but give a value only.
select distinct proname::text
from pg_proc
where proname::text in (select json_array_elements_text($1::json))
  and pronargs > 0 and pronargs - pronargdefaults <= 1
  and prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
  and (provolatile = 'v' or proname ~ '^(pg_|lo_|current_setting$)|_to_xml')
  and proname not in ('random_normal', 'uuidv7')
