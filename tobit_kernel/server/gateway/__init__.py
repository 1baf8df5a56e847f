"""The one gate: an HTTP server in front of everything."""
