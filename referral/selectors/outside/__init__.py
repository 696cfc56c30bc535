"""Hospitals outside.

- `legs`: the legs with them, by telephone · `messages`: what went, what came, what did not get through
"""
