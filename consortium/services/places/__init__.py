"""Institutions and what is in them.

- `registering`: institutions, departments, beds, entities · `closing`: from a day on · `worktime`: hours and holidays
"""
