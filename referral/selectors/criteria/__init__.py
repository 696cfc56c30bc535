"""The criteria of a referral.

- `table`: in force, and what it says of a patient · `judgement`: as pages show it, as it was kept with a leg
"""
