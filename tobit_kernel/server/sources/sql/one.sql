select * from gate.source where tenant_id = :tenant and name = :name
