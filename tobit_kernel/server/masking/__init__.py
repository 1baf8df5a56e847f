"""Personal data: patterns that find it, rules of columns that hold it, and what is shown instead."""
