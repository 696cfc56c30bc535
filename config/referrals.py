"""Settings of two-way referral."""

from config import env

__all__ = ["REFERRAL_PEER_TIMEOUT", "REFERRAL_READS_ON_DAYS"]

REFERRAL_PEER_TIMEOUT = env.number("REFERRAL_PEER_TIMEOUT", 8)
"""Seconds a hospital outside has to answer a message."""

REFERRAL_READS_ON_DAYS = env.number("REFERRAL_READS_ON_DAYS", 30)
"""So many days after the end of a leg its receiving side still reads the record."""
