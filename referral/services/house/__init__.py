"""What is settled for an institution, not for a leg.

- `limiting`: how long legs may wait there · `relating`: who refers to whom · `closing`: it closes, or stays
"""
