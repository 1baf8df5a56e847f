"""What a notebook shows: magics, completion, display."""
