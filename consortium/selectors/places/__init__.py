"""Institutions and what is in them.

- `listing`: institutions, departments, beds · `worktime`: hours and holidays
"""
