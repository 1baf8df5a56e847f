"""One function per verb: its signature makes the magic, the command line and the help."""
