"""The migrated template cluster of earlier runs, keyed by PostgreSQL's programs and all a migration reads.

Kept in `var/test-cache` (or LIANYI_TEST_CACHE); removing the folder is always safe.
"""

import functools
import os
import shutil
import subprocess
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from config.local.places import ROOT
from config.local.postgres import binaries

SOURCES = (
    "*/migrations/*.py",
    "kernel/*.py",
    "config/local/*.py",
    "config/routers.py",
    "fixtures/catalogue/*",
    "requirements.txt",
)
KEPT = 3
YOUNG = 600.0
"""Seconds during which another run may still be copying a template."""


def folder() -> Path:
    return Path(os.environ.get("LIANYI_TEST_CACHE") or ROOT / "var" / "test-cache")


@functools.cache
def key() -> str:
    """A hash over what a template depends on: the server's programs (PG_BIN) and the files, as the run found them.

    Somebody may write the next migration while the run is under way: its template is kept under what it was made of.
    """
    digest = sha256(os.fsencode(binaries()))
    for path in sorted({path for pattern in SOURCES for path in ROOT.glob(pattern) if path.is_file()}):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:20]


def _copy(source: Path, target: Path) -> None:
    """With owners kept (the cluster belongs to nobody when root runs the tests), sharing blocks where possible."""
    subprocess.run(["cp", "-a", "--reflink=auto", source, target], check=True, capture_output=True)


def restore(data: Path) -> bool:
    """Copy the kept cluster to `data`; False when there is none for these sources."""
    kept = folder() / key()
    if not kept.exists():
        return False
    os.utime(kept)
    try:
        _copy(kept, data)
    except subprocess.CalledProcessError:  # another run has just swept it
        shutil.rmtree(data, ignore_errors=True)
        return False
    return True


def keep(data: Path) -> None:
    """Keep a stopped cluster with its template for later runs."""
    folder().mkdir(parents=True, exist_ok=True)
    kept = folder() / key()
    if kept.exists():
        return
    draft = Path(tempfile.mkdtemp(dir=folder(), prefix="draft-"))
    try:
        _copy(data, draft / "data")
        os.rename(draft / "data", kept)
    except OSError:  # another run was faster
        pass
    shutil.rmtree(draft, ignore_errors=True)
    _sweep()


def _sweep() -> None:
    kept = sorted(folder().iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[KEPT:]:
        if time.time() - old.stat().st_mtime > YOUNG:
            shutil.rmtree(old, ignore_errors=True)
