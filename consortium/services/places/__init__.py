"""Institutions and what is in them.

- `registering`: institutions, departments, beds, entities · `identifying`: their codes · `changing`: their facts
- `closing`: an institution from a day on, by two people · `ending`: departments, beds, entities with nothing on them
- `telling`: what is asked of a place beforehand, and its refusals · `worktime`: hours and holidays
"""
