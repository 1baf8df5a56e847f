"""The operations model (schema ``ops``): CIs, relations, metrics, events, work."""
