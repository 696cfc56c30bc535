"""Who is told.

- `notices`: people who work here · `texting`: patients, by text message
"""
