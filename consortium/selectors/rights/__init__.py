"""Changes of rights.

- `changes`: waiting and decided · `narrowings`: beside what the tables in code allow
- `standing`: whether a post is as the house wrote it
"""
