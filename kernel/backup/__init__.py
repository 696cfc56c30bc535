"""Backups: database, files and keys of one moment, sealed under a passphrase, signed; and the way back."""

from kernel.backup.making import make
from kernel.backup.manifest import Refused
from kernel.backup.restoring import restore

__all__ = ["Refused", "make", "restore"]
