-- What sources need beside an address.
select 1;
