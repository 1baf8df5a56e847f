-- Links with their state and how often they were opened.
select
    s.id, s.owner, s.title, s.request ->> 'statement' as statement, s.request ->> 'source' as source,
    case
        when s.revoked_at is not null then 'revoked'
        when s.ends_at <= now() then 'ended'
        when s.uses_left = 0 then 'used up'
        when s.wrong_passwords >= :limit then 'closed after wrong passwords'
        else 'open'
    end as state,
    s.password_hash is not null as has_password, s.created_at, s.ends_at, s.uses_left,
    count(a.id) as opened, max(a.at) as last_opened_at
from gate.share s
left join gate.share_access a on a.share = s.id and a.outcome = 'ok'
where s.tenant_id = :tenant
  and (cast(:owner as text) is null or s.owner = :owner)
  and (cast(:id as text) is null or s.id = :id)
group by s.digest
order by s.created_at desc
limit 1000
