-- People, their groups, sessions, keys and sign-ins.
select 1;
