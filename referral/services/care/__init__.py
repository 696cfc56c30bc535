"""The patient is with the receiving side, until the reply is read.

- `arriving`: who seems to be here · `caring`: arrival, admission, reply · `discharging`: when the reply is due
- `ending`: the reply is read, a death, a form for the wrong person
"""
