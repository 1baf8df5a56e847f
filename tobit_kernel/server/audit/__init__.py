"""What happened: audit rows and traces."""
