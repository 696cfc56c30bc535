"""The beginning of a platform.

- `founding`: its first institution and first three managers · `county`: a whole county from readable tables
"""
