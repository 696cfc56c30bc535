"""Who works here, and as what.

- `accounts`: made, closed, opened again · `posts`: given, ended, the duty roster
- `granting`: the kinds of changes to posts, for two people · `staff_list`: many posts, signed outside the platform
"""
