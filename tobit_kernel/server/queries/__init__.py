"""From a request to rows: compose, guard, cache, run, audit."""
