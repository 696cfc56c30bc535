"""Sealed columns of imaging: what they are sealed as, and to whom. Received objects stay as they came."""

from typing import Final

from kernel.resealing import Column

COLUMNS: Final = (
    Column("imaging_study", "said_sealed", "imaging_study.said", "uid"),
    Column("imaging_instance", "metadata_sealed", "imaging_instance.metadata", "uid"),
)
