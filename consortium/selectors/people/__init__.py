"""Who works here.

- `directory`: what for, and whom to call · `accounts`: as managers and owners see them · `oncall`: who is called now
"""
