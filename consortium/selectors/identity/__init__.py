"""Who acts.

- `actors`: from a post or a session to the actor · `factors`: what she may show · `machines`: programs and devices
"""
