select
    r.relation_type,
    jsonb_build_object(
        'start', a.ci_code,
        'end', b.ci_code,
        'properties', jsonb_build_object('origin', r.origin, 'confidence', r.confidence)
    )
from ops.ci_relation r
join ops.ci a on a.tenant_id = r.tenant_id and a.ci_id = r.from_ci_id
join ops.ci b on b.tenant_id = r.tenant_id and b.ci_id = r.to_ci_id
where r.tenant_id = %(tenant)s and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now())
  and a.valid_from <= now() and (a.valid_to is null or a.valid_to > now())
  and b.valid_from <= now() and (b.valid_to is null or b.valid_to > now())
order by r.relation_id
