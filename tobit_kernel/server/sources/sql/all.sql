select * from gate.source where tenant_id = :tenant order by name
