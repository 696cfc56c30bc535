"""Legs one after another, for programs that read all of them; the history of one."""

from uuid import UUID

from django.db.models import Q

from kernel.actor import Actor
from kernel.web import paging
from kernel.web.paging import Page
from referral.models import HistoryEntry
from referral.policies import REFERRAL
from referral.selectors.lists.board import Row, rows_of


def listed(*, by: Actor, after: UUID | None = None, status: str = "", direction: str = "") -> Page[Row]:
    """The legs of the actor's side, newest first, in a fixed number of statements."""
    given = {"status": status, "direction": direction}
    wanted = Q(**{name: value for name, value in given.items() if value})
    page = paging.newest(REFERRAL.rows(by, "view").filter(wanted), after)
    return Page(rows_of(by, page.items), page.next)


def history(*, by: Actor, referral_id: UUID) -> list[HistoryEntry]:
    """Every event of a leg, in order. 404 for a third hospital."""
    leg = REFERRAL.fetch(by, "view", referral_id)
    return list(leg.entries.select_related("staff", "organisation").order_by("version"))
