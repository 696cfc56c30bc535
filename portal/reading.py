"""A radiologist's desk: the imaging centre's worklist, which diagnostics keeps. The ECG doctor's comes from ecg."""

from typing import Final, cast

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

import diagnostics.selectors
from consortium.choices import Role
from diagnostics.choices import READING_PAGE, WORKLIST_PAGE, Group, Status
from diagnostics.selectors import Case, Filters
from kernel.actor import Actor
from kernel.work import Count, Priority, Waiting, Work

SHOWN: Final = 12
READERS: Final = (Role.READER, Role.REVIEWING_READER)


def work(*, by: Actor) -> Work:
    """Tiles and the first cases of the imaging centre; other posts have none here."""
    if Group.IMAGING not in centres(by=by):
        return Work()
    # Who reviews also sees the emergencies nobody has read: the sickest first, whoever's turn it is.
    tabs = ("review", "emergency") if by.has(Role.REVIEWING_READER) else ("open",)
    rows = {row.key: row for tab in tabs for row in _rows(by, Group.IMAGING, tab)}
    return Work(counts=tuple(_tiles(by, Group.IMAGING)), waiting=tuple(rows.values()))


def centres(*, by: Actor) -> tuple[Group, ...]:
    """The centres whose cases this post reads; none for posts that read nothing."""
    return diagnostics.selectors.groups_of(by) if by.has(*READERS) else ()


def _tiles(by: Actor, group: Group) -> list[Count]:
    numbers = diagnostics.selectors.counts(by=by, group=group)
    page = reverse(WORKLIST_PAGE[group])
    return [
        Count(f"{group}", _("Images to read"), numbers["open"], page, late=numbers["late"]),
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
        action=pgettext_lazy("report", "Review") if request.status == Status.SUBMITTED else _("Read images"),
        priority=cast(Priority, request.priority),
        patient_id=request.patient_id,
        sub=" · ".join(part for part in (case.source, request.accession_number, case.reader) if part),
        since=request.examined_at,
        due_at=request.due_at,
    )
