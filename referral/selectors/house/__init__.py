"""What is settled for an institution, not for a leg.

- `limits`: how long legs may wait there · `second`: whose forms need a second signature
- `relations`: who may refer to whom · `directory`: where a patient can go, and what is free there
"""
