-- Rows by a person.
tenant_id = :tenant and actor = :person
