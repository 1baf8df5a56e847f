"""The factory (schema ``mfg``): facts, dimensions, calendar."""
