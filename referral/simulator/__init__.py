"""A hospital outside the county that speaks the message exchange: a process of its own with a store of its own.

For tests and the demonstration. Nothing of the platform is imported here: what both agree on is the wire.
"""
