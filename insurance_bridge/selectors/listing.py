"""Visits and settlements one after another, for programs that read all of them."""

from uuid import UUID

from insurance_bridge.models import FeeLine, Settlement, Visit
from insurance_bridge.policies import FEE_LINE, SETTLEMENT, VISIT
from kernel.actor import Actor
from kernel.web import paging
from kernel.web.paging import Page


def visit_list(*, by: Actor, after: UUID | None = None) -> Page[Visit]:
    """The visits of the actor's institution, newest first."""
    return paging.newest(VISIT.rows(by, "view"), after)


def settlements(*, by: Actor, after: UUID | None = None, status: str = "") -> Page[Settlement]:
    """The settlements of the actor's institution, newest first; only those in one state where asked."""
    rows = SETTLEMENT.rows(by, "view").select_related("visit")
    return paging.newest(rows.filter(status=status) if status else rows, after)


def settlement(*, by: Actor, settlement_id: UUID) -> Settlement:
    """One settlement. 404 outside the actor's institution."""
    return SETTLEMENT.fetch(by, "view", settlement_id)


def fee_line(*, by: Actor, line_id: UUID) -> FeeLine:
    """One fee line, taken back or not. 404 outside the actor's institution."""
    return FEE_LINE.fetch(by, "view", line_id)
