-- Rows of backends that are gone.
delete from gate.bound as b where gate.backend_start(b.pid) is distinct from b.backend_start
