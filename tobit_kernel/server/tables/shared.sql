(select gate.tenant()) = {tenant}
