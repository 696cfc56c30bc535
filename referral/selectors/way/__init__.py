"""On the way, and not come.

- `arriving`: who is expected, who seems to be here · `calling`: whom a branch has to phone
"""
