"""Recordings one after another, for programs that read all of them."""

from uuid import UUID

from ecg.models import Recording
from ecg.policies import RECORDING
from kernel.actor import Actor
from kernel.web import paging
from kernel.web.paging import Page


def listed(*, by: Actor, after: UUID | None = None, unmatched: bool = False) -> Page[Recording]:
    """The recordings the actor may see, newest first, without samples; only those without a request where asked."""
    rows = RECORDING.rows(by, "view").defer("samples", "said_sealed")
    return paging.newest(rows.filter(request__isnull=True) if unmatched else rows, after)


def recording(*, by: Actor, recording_id: UUID) -> Recording:
    """One recording. 404 out of reach."""
    return RECORDING.fetch(by, "view", recording_id)
