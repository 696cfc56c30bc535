"""Sealed columns of insurance_bridge: what they are sealed as, and to whom."""

from typing import Final

from kernel.resealing import Column

COLUMNS: Final = (
    Column("insurance_bridge_message", "request", "insurance_bridge_message.request"),
    Column("insurance_bridge_message", "reply", "insurance_bridge_message.reply"),
    Column("insurance_bridge_visit", "psn_no_sealed", "insurance_bridge_visit.psn_no"),
)
