"""Studies one after another, for programs that read all of them."""

from uuid import UUID

from imaging.models import Study
from imaging.policies import STUDY
from kernel.actor import Actor
from kernel.web import paging
from kernel.web.paging import Page


def listed(*, by: Actor, after: UUID | None = None, request_id: UUID | None = None) -> Page[Study]:
    """The studies the actor may see, newest first; only those of one request where asked."""
    rows = STUDY.rows(by, "view")
    return paging.newest(rows.filter(request=request_id) if request_id else rows, after)


def study_of(*, by: Actor, study_id: UUID) -> Study:
    """One study by its id. 404 out of reach."""
    return STUDY.fetch(by, "view", study_id)
