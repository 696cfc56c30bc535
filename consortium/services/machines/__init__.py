"""Programs that act here.

- `clients`: registered, given tokens, revoked · `lending`: a person's own program, acting as she does
- `asking`: accounts and clients asked for, by one who may not make them
"""
