-- A page of people and the true total, also when the page lies behind the end.
with chosen as (
    select id, name, email, role, origin, provider, password_hash is not null as has_password,
           totp_secret is not null as has_totp, lang, time_zone, created_at, last_sign_in_at,
           (select l.locked_until from gate.attempt l where l.subject = 'name/' || a.id and l.locked_until > now())
               as locked_until,
           disabled_at, disabled_reason,
           array(select m.group_name from gate.membership m
                 where m.account = a.id and m.tenant_id = a.tenant_id order by 1) as groups
    from gate.account a
    where tenant_id = :tenant
      and (cast(:id as text) is null or id = :id)
      and (:words = '%%' or id ilike :words or name ilike :words or email ilike :words or role ilike :words)
), page as (
    select * from chosen order by id limit :limit offset :offset
)
select page.*, counted.total
from (select count(*) as total from chosen) counted left join page on true
order by page.id
