"""Every write of capacity: places are used, and their numbers are told."""

from emr.capacity.services.telling import open_slots, return_slots, set_quota, tell, tell_ward
from emr.capacity.services.using import block, clean, expire, free, hold, occupy, prolong

__all__ = [
    "block", "clean", "expire", "free", "hold", "occupy", "open_slots", "prolong", "return_slots", "set_quota", "tell",
    "tell_ward",
]  # fmt: skip
