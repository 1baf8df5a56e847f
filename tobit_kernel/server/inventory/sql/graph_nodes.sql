select
    ci_type,
    jsonb_strip_nulls(jsonb_build_object(
        'ci_code', ci_code,
        'ci_name', ci_name,
        'ci_type', ci_type,
        'subtype', subtype,
        'status', status,
        'owner', owner,
        'location', location,
        'env', env,
        'lifecycle', lifecycle,
        'tags', tags
    ))
from ops.ci
where tenant_id = %(tenant)s and valid_from <= now() and (valid_to is null or valid_to > now())
order by ci_id
