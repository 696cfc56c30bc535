"""The statistics of legs.

- `counting`: the line of each leg · `checking`: held against the histories, nightly
- `aiming`: the goals · `exporting`: numbers taken out of the house
"""
