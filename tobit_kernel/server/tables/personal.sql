(select gate.tenant()) = {tenant} and (select gate.actor()) = {actor}
