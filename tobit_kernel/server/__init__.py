"""Behind the gate: everything that holds data, secrets and permissions."""
