"""What starts and stops things: the command line, the gate, JupyterLab."""
