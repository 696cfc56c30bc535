"""Bytes of every kind (DICOM, ECG, PDF): one way in, one way out. Hashed at ingest, verified at read."""

from kernel.files.reading import open_verified, read_verified
from kernel.files.store import LocalStore, Store, store
from kernel.files.writing import ingest

__all__ = ["LocalStore", "Store", "ingest", "open_verified", "read_verified", "store"]
