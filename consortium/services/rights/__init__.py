"""Changes of rights.

- `changes`: one proposes, another one decides · `narrowings`: what a role may do less of somewhere
"""
