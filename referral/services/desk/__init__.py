"""The receiving desk: what it answers, and whom it asks before.

- `receiving`: yes, a place, the list, no · `answering`: every other answer · `inviting`: the guide that goes with it
- `priority`: the urgency changes · `expecting`: another day · `waiting`: who is called next
- `asking`: a ward is asked · `opinions`: a specialist is asked · `questions`: what both have in common
"""
