"""A reader's desk: the worklists of the centres she reads for, which diagnostics keeps for ecg and imaging alike."""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

import diagnostics.selectors
from consortium.choices import Role
from diagnostics.choices import READING_PAGE, WORKLIST_PAGE, Group, Status
from diagnostics.selectors import Case, Filters
from kernel.actor import Actor
from kernel.work import Count, Waiting, Work

SHOWN: Final = 12
READERS: Final = (Role.READER, Role.REVIEWING_READER)


def work(*, by: Actor) -> Work:
    """Tiles and the first cases of each centre; other posts have none here."""
    if not by.has(*READERS):
        return Work()
    groups = diagnostics.selectors.groups_of(by)
    tiles = [tile for group in groups for tile in _tiles(by, group)]
    tab = "review" if by.has(Role.REVIEWING_READER) else "open"
    return Work(counts=tuple(tiles), waiting=tuple(row for group in groups for row in _rows(by, group, tab)))


def _tiles(by: Actor, group: Group) -> list[Count]:
    numbers = diagnostics.selectors.counts(by=by, group=group)
    page = reverse(WORKLIST_PAGE[group])
    return [
        Count(f"{group}", Group(group).label, numbers["open"], page, late=numbers["late"]),
        Count(f"{group}.emergency", _("Emergencies"), numbers["emergency"], f"{page}?tab=emergency"),
        Count(f"{group}.mine", _("I am reading"), numbers["mine"], f"{page}?tab=mine"),
        Count(f"{group}.review", _("To review"), numbers["review"], f"{page}?tab=review"),
    ]


def _rows(by: Actor, group: Group, tab: str) -> list[Waiting]:
    listed = diagnostics.selectors.worklist(by=by, modality_group=group, filters=Filters(tab=tab))
    return [_row(case, group) for case in listed[:SHOWN]]


def _row(case: Case, group: Group) -> Waiting:
    request = case.request
    return Waiting(
        key=f"case-{request.pk}",
        what=request.item.name,
        url=reverse(READING_PAGE[group], args=[request.pk]),
        action=_("Review") if request.status == Status.SUBMITTED else _("Read"),
        priority=request.priority,
        patient_id=request.patient_id,
        sub=" · ".join(part for part in (case.source, request.accession_number, case.reader) if part),
        since=request.examined_at,
        due_at=request.due_at,
    )
