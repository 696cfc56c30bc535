"""Exam requests one after another, for programs that read all of them."""

from uuid import UUID

from django.db.models import Q

from diagnostics.policies import REQUEST
from diagnostics.selectors.cases import Case, cases
from kernel.actor import Actor
from kernel.web import paging
from kernel.web.paging import Page


def listed(*, by: Actor, after: UUID | None = None, status: str = "", modality: str = "") -> Page[Case]:
    """The requests of the actor's side, newest first, in a fixed number of statements."""
    given = {"status": status, "modality": modality}
    wanted = Q(**{name: value for name, value in given.items() if value})
    page = paging.newest(REQUEST.rows(by, "list").filter(wanted).select_related("item"), after)
    return Page(cases(by=by, requests=page.items), page.next)
