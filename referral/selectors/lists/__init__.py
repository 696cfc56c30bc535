"""Legs in rows.

- `board`: what came, what went, who is expected · `listing`: for programs that read all of them
- `late`: what is late · `oncall`: who is called for it
"""
