"""Who hears of a leg.

- `announcing`: colleagues · `texting`: the patient · `talking`: both doctors to each other · `attending`: open pages
"""
