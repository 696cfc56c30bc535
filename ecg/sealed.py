"""Sealed columns of ecg: what they are sealed as, and to whom."""

from typing import Final

from kernel.resealing import Column

COLUMNS: Final = (Column("ecg_recording", "said_sealed", "ecg_recording.said"),)
