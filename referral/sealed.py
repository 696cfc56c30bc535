"""Sealed columns of referral: what they are sealed as, and to whom."""

from typing import Final

from kernel.resealing import Column

COLUMNS: Final = (
    Column("referral_sketch", "sealed", "referral_sketch.sealed"),
    Column("referral_reach", "sealed", "referral_reach.sealed"),
    Column("referral_peer", "token_sealed", "referral_peer.token"),
    Column("referral_peermessage", "body_sealed", "referral_peermessage.body"),
)
