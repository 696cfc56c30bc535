"""Fixtures of imaging: the running house and a browser for the viewer, the DICOM door; no look remembered between
tests."""

import threading
from collections.abc import Iterator

import pytest

from imaging.dimse.receiver import Receiver
from imaging.rest import doors, objects
from tests.factories.consortium import make_entity, make_organisation
from tests.live import browser, live, sign_in_as

__all__ = ["browser", "live", "sign_in_as"]


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """What a process remembers for minutes: openings and verified files."""
    doors._opened.clear()
    objects._verified.clear()


@pytest.fixture
def receiver(race_db, tmp_path) -> Iterator[Receiver]:
    """The DICOM door on a port of its own; CT1 may come in."""
    make_entity("CT1", make_organisation())
    one = Receiver(host="127.0.0.1", port=0, folder=tmp_path / "spool")
    thread = threading.Thread(target=one.serve, daemon=True)
    thread.start()
    yield one
    one.stop()
    thread.join(10)
