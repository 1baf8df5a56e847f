-- The person behind a session or key, with everything that decides what they may. No row: nobody.
select
    a.tenant_id, a.id, a.role, a.must_change_password, a.lang, a.time_zone,
    c.credential, c.via, c.permissions, c.idle_s,
    extract(epoch from c.ends_at - now())::float8 as left_s,
    array(select m.group_name from gate.membership m where m.account = a.id and m.tenant_id = a.tenant_id) as groups,
    (
        select coalesce(jsonb_agg(jsonb_build_array(p.subject_type, p.subject, p.permission, p.resource, p.is_allowed, p.reason)), '[]')
        from gate.permission p
        where p.tenant_id = a.tenant_id
          and (p.ends_at is null or p.ends_at > now())
          and case p.subject_type
              when 'role' then p.subject = a.role
              when 'account' then p.subject = a.id
              else exists (select from gate.membership m where m.account = a.id and m.tenant_id = a.tenant_id and m.group_name = p.subject)
          end
    ) as rules,
    (
        select coalesce(jsonb_agg(jsonb_build_array(s.dimension, s.value)), '[]')
        from gate.scope s
        where s.tenant_id = a.tenant_id
          and case s.subject_type
              when 'role' then s.subject = a.role
              when 'account' then s.subject = a.id
              else exists (select from gate.membership m where m.account = a.id and m.tenant_id = a.tenant_id and m.group_name = s.subject)
          end
    ) as scopes
from gate.account a
cross join lateral (
    select s.id as credential, 'session' as via, null::text[] as permissions, s.idle_s, s.ends_at
    from gate.session s
    where s.account = a.id and s.digest = %(digest)s and s.ended_at is null and s.ends_at > now()
      and s.last_used_at > now() - make_interval(secs => s.idle_s)
    union all
    select k.id, 'key', k.permissions, null, k.ends_at
    from gate.api_key k
    where k.account = a.id and k.digest = %(digest)s and k.ended_at is null and (k.ends_at is null or k.ends_at > now())
    union all
    -- In the name of an account, for what it had shared.
    select '', 'share', null, null, null where %(account)s::text is not null
) c
where a.id = coalesce(
        %(account)s,
        (select account from gate.session where digest = %(digest)s),
        (select account from gate.api_key where digest = %(digest)s)
    )
  and a.disabled_at is null
