"""Institutions and what is in them.

- `listing`: institutions, departments, beds · `keeping`: the same for who keeps them · `worktime`: hours and holidays
"""
