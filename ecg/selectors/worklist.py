"""The ECG worklist: red, yellow, normal, each by due time; and what waits for an ECG doctor."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.choices import Role
from diagnostics import selectors as diagnostics
from diagnostics.choices import Group
from diagnostics.selectors import Case, Filters
from ecg.choices import Queue
from ecg.models import Recording
from ecg.policies import RECORDING
from ecg.selectors.pages import Warning, unmatched, warnings
from kernel.actor import Actor
from kernel.work import Count, Priority, Waiting, Work

MOST = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One case with its recording's queue and what the machine warns of."""

    case: Case
    queue: int
    warnings: Sequence[Warning] = ()


@dataclass(frozen=True, slots=True)
class Worklist:
    """The list of one tab, red first, and the numbers of all tabs."""

    entries: Sequence[Entry]
    counts: dict[str, int]
    tab: str
    unmatched: int = 0
    queues: dict[int, int] = field(default_factory=dict)


def worklist(*, by: Actor, tab: str = "open") -> Worklist:
    """At most 50 cases, the red queue first, then yellow, then normal; inside a queue urgent first, then due time."""
    cases = diagnostics.worklist(by=by, modality_group=Group.ECG, filters=Filters(tab=tab))
    entries = [entry(case, found) for case, found in recorded(by, cases)]
    if tab != "done":
        entries.sort(key=lambda one: -one.queue)
    numbers = diagnostics.counts(by=by, group=Group.ECG)
    queues = {int(queue): sum(1 for one in entries if one.queue == queue) for queue in Queue}
    waiting = RECORDING.rows(by, "match").filter(request__isnull=True).count()
    return Worklist(entries, numbers, tab, waiting, queues)


def recorded(by: Actor, cases: Sequence[Case]) -> list[tuple[Case, Recording | None]]:
    """Each case with its newest recording, in one statement and without samples."""
    requests = [case.request.pk for case in cases]
    rows = RECORDING.rows(by, "view").filter(request__in=requests).defer("samples", "measured", "said_sealed")
    newest = {row.request_id: row for row in rows.order_by("received_at", "pk")}
    return [(case, newest.get(case.request.pk)) for case in cases]


def entry(case: Case, recording: Recording | None) -> Entry:
    if recording is None:
        return Entry(case, Queue.NORMAL)
    return Entry(case, recording.queue, warnings(recording))


def work(*, by: Actor) -> Work:
    """Tiles and the first cases of an ECG doctor; every other post has no work in this room."""
    if not by.has(Role.READER, Role.REVIEWING_READER) or Group.ECG not in diagnostics.groups_of(by):
        return Work()
    listed = worklist(by=by)
    here = reverse("ecg:worklist")
    numbers = listed.counts
    tiles = (
        Count("ecg_red", _("Red"), listed.queues[Queue.RED], here, late=numbers["late"]),
        Count("ecg_yellow", _("Yellow"), listed.queues[Queue.YELLOW], here),
        Count("ecg_open", _("ECGs to read"), numbers["open"], here),
        Count("ecg_review", _("To review"), numbers["review"], f"{here}?tab=review"),
        Count("ecg_unmatched", _("Unmatched"), listed.unmatched, reverse("ecg:unmatched")),
    )
    rows = [waiting(one) for one in listed.entries[:MOST]]
    return Work(counts=tiles, waiting=(*[lost(row) for row in unmatched(by=by)[:3]], *rows))


def urgency(one: Entry) -> Priority:
    """The red queue is an emergency, whatever the branch thought."""
    said: Priority = "urgent" if one.case.request.priority == "urgent" else "routine"
    return "emergency" if one.queue == Queue.RED or one.case.request.priority == "emergency" else said


def waiting(one: Entry) -> Waiting:
    request = one.case.request
    return Waiting(
        key=f"ecg:{request.pk}",
        what=_("ECG to read"),
        url=reverse("ecg:read", args=[request.pk]),
        action=_("Read it"),
        priority=urgency(one),
        patient_id=request.patient_id,
        sub=one.warnings[0].text if one.warnings else request.clinical_question,
        since=request.examined_at,
        due_at=request.due_at,
    )


def lost(recording: Recording) -> Waiting:
    return Waiting(
        key=f"ecg-unmatched:{recording.pk}",
        what=_("ECG without a request"),
        url=reverse("ecg:unmatched_recording", args=[recording.pk]),
        action=_("Match"),
        priority="emergency" if recording.queue == Queue.RED else "urgent",
        sub=recording.organisation.short_name,
        since=recording.received_at,
    )
