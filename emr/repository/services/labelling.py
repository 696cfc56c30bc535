"""A label passes to all that refers to a labelled resource, and to all history; the past is looked through as well."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, cast

from django.db import transaction
from django.db.models import Model

from emr.access import selectors as access
from emr.access.models import LabelSweep
from emr.repository import sealing, selectors, sql
from emr.repository.choices import KINDS, OUTSIDE_LABELS
from emr.repository.engine import jsonio
from emr.repository.engine.extract import ANY, linked_by, links_of
from emr.repository.engine.params import PARAMS
from emr.repository.engine.tokens import plain
from emr.repository.events import ResourceRelabelled
from emr.repository.services.drafts import Draft
from emr.repository.services.traces import subject_of
from kernel import audit, clock, labels, outbox
from kernel.actor import Actor

Key = tuple[str, str]

NAMES: Final = sorted(
    {ANY, *(param.name for kind in PARAMS.values() for param in kind.values() if param.type == "reference")}
)
JUDGED: Final = sorted(KINDS - OUTSIDE_LABELS)
AT_ONCE: Final = 500
SETTLED: Final = timedelta(seconds=15)
"""After so long every process goes by the changed table: a look through begins not before."""

REFERRERS: Final = """
SELECT r.kind, r.id, r.pid, r.label, r.content FROM emr_resource r
WHERE r.ref && %s::bigint[] AND r.label < %s AND r.kind = ANY(%s) ORDER BY r.kind, r.id FOR UPDATE OF r
"""
LOCKED: Final = """
SELECT r.kind, r.id, r.pid, r.label, r.content FROM emr_resource r
WHERE r.kind = %s AND r.id = %s AND r.label < %s FOR UPDATE OF r
"""
PRESENT: Final = "UPDATE emr_resource SET label = %s, content = %b WHERE kind = %s AND pid = %s"
CATEGORISED: Final = """
UPDATE emr_resource SET categories = ARRAY(SELECT DISTINCT unnest(categories || %s::text[]) ORDER BY 1)
WHERE kind = %s AND id = %s AND NOT categories @> %s::text[]
"""
PAST: Final = """
SELECT o.version, o.label, o.content FROM emr_resource_history o
WHERE o.kind = %s AND o.id = %s AND o.label < %s ORDER BY o.version
"""
RAISE_PAST: Final = "SELECT emr_raise_label(%s, %s, %s, %s::smallint, %b)"
STORED: Final = """
SELECT r.kind, r.id, r.pid, r.label, r.content FROM emr_resource r
WHERE r.kind = %s AND r.pid > %s AND NOT r.deleted ORDER BY r.pid LIMIT %s
"""
SUPERSEDED: Final = """
SELECT o.kind, o.id, o.version, o.label, o.content FROM emr_resource_history o
WHERE (o.kind, o.id, o.version) > (%s, %s, %s) ORDER BY o.kind, o.id, o.version LIMIT %s
"""


def pass_on(*, by: Actor, drafts: Sequence[Draft]) -> int:
    """Raise what refers to the drafts written just now, and the drafts' own past. Nothing to do for ordinary care.

    Runs in the transaction of the write; how many other resources were raised.
    """
    above = {
        (draft.kind, draft.id): draft.label
        for draft in drafts
        if draft.label > labels.CARE and draft.kind not in OUTSIDE_LABELS
    }
    if not above:
        return 0
    for draft in drafts:
        if draft.version > 1 and (draft.kind, draft.id) in above:
            _raise_past((draft.kind, draft.id), draft.label)
    _announce({key: label for key, label in above.items() if label >= labels.SENSITIVE})
    return _climb(by, above)


def _climb(by: Actor, above: Mapping[Key, int]) -> int:
    """Level by level up the references, until nothing below the label refers to it any more."""
    raised: dict[Key, int] = {}
    frontier = dict(above)
    while frontier:
        found: dict[Key, int] = {}
        for label in sorted(set(frontier.values()), reverse=True):
            targets = [key for key, level in frontier.items() if level == label]
            for row in sql.rows(REFERRERS, [_hashes(targets), label, JUDGED]):
                _raise_row(row, label)
                found[row[0], row[1]] = label
        raised |= found
        frontier = found
    _record(by, raised)
    return len(raised)


def _hashes(targets: Iterable[Key]) -> list[int]:
    return [plain(linked_by(name, *target)) for target in targets for name in NAMES]


def _raise_row(row: tuple[Any, ...], label: int) -> None:
    """The present version and all before it: the bytes are sealed as the new label wants it."""
    kind, id_, pid, before, stored = row
    content = sealing.open_(kind, id_, before, bytes(stored))
    sql.run(PRESENT, [label, sealing.close(kind, id_, label, content), kind, pid])
    _raise_past((kind, id_), label)


def _raise_past(key: Key, label: int) -> None:
    kind, id_ = key
    for version, before, stored in sql.rows(PAST, [kind, id_, label]):
        _raise_version(kind, id_, version, label, sealing.open_(kind, id_, before, bytes(stored)))


def _raise_version(kind: str, id_: str, version: int, label: int, content: bytes) -> None:
    sql.rows(RAISE_PAST, [kind, id_, version, label, sealing.close(kind, id_, label, content)])


def _record(by: Actor, raised: Mapping[Key, int]) -> None:
    if not raised:
        return
    names = [f"{kind}/{id_}" for kind, id_ in raised]
    detail: dict[str, str | int | bool] = {
        "resources": len(raised),
        "label": max(raised.values()),
        "also": " ".join(names[1:50]),
    }
    audit.record(
        by=by, action="repository.relabelled", subject=cast(Model, subject_of(names[0])), detail=detail
    )
    _announce(raised)


def _announce(raised: Mapping[Key, int]) -> None:
    """Who keeps rows, pixels or files of these raises their label too."""
    outbox.emit_all(
        [ResourceRelabelled(kind=kind, id=id_, label=label) for (kind, id_), label in raised.items()]
    )


def _judge(by: Actor, key: Key, label: int, categories: Sequence[str]) -> int:
    """One stored resource tells more than its label says: raise it, its past, and all that refers to it."""
    kind, id_ = key
    for row in sql.rows(LOCKED, [kind, id_, label]):
        _raise_row(row, label)
        sql.run(CATEGORISED, [list(categories), kind, id_, list(categories)])
        _record(by, {key: label})
        return 1 + _climb(by, {key: label})
    return 0


@transaction.atomic
def ask_sweep(*, by: Actor) -> LabelSweep:
    """The table has changed: everything stored is looked through, by the clock and piece by piece."""
    sweep = LabelSweep.objects.create(asked_at=clock.now())
    audit.record(by=by, action="repository.sweep_asked", subject=sweep)
    return sweep


@transaction.atomic
def sweep(*, by: Actor, at_once: int = AT_ONCE) -> bool:
    """One piece of the oldest look through that waits. False when there is none (or another process has it)."""
    waiting = LabelSweep.objects.filter(finished_at__isnull=True, asked_at__lte=clock.now() - SETTLED)
    work = waiting.select_for_update(skip_locked=True).order_by("asked_at", "pk").first()
    if work is None:
        return False
    place = work.place.split(" ") if work.place else ["now", JUDGED[0], "0"]
    raised, onward = (_present_piece if place[0] == "now" else _past_piece)(by, place, at_once)
    work.raised, work.place = work.raised + raised, " ".join(onward)
    work.finished_at = None if onward else clock.now()
    work.save(update_fields=["raised", "place", "finished_at"])
    if raised or not onward:
        detail = {"raised": work.raised, "finished": not onward}
        audit.record(by=by, action="repository.swept", subject=work, detail=detail)
    return True


def _present_piece(by: Actor, place: Sequence[str], at_once: int) -> tuple[int, list[str]]:
    """Some resources of one kind; where the next piece begins."""
    kind, last, raised = place[1], int(place[2]), 0
    rows = sql.rows(STORED, [kind, last, at_once])
    read = {row[1]: _read(row[0], row[1], row[3], row[4]) for row in rows if row[3] < labels.SENSITIVE}
    linked = {id_: links_of(resource) for id_, (resource, _content) in read.items()}
    known = selectors.labels_above_care({one for targets in linked.values() for one in targets})
    for found in rows:
        if found[1] in read:
            label, categories = access.rules().of(*read[found[1]])
            inherited = max((known.get(one, 0) for one in linked[found[1]] if one[0] in JUDGED), default=0)
            if max(label, inherited) > found[3]:
                raised += _judge(by, (kind, found[1]), max(label, inherited), categories)
    if len(rows) == at_once:
        return raised, ["now", kind, str(rows[-1][2])]
    after = JUDGED.index(kind) + 1
    return raised, ["now", JUDGED[after], "0"] if after < len(JUDGED) else ["past", "-", "-", "0"]


def _past_piece(by: Actor, place: Sequence[str], at_once: int) -> tuple[int, list[str]]:
    """Some superseded versions: one that tells more than the present gets its own label."""
    rows, raised = sql.rows(SUPERSEDED, [place[1], place[2], int(place[3]), at_once]), 0
    for kind, id_, version, before, stored in rows:
        label = _told(kind, id_, before, stored)
        if label > before and kind not in OUTSIDE_LABELS:
            _raise_version(kind, id_, version, label, sealing.open_(kind, id_, before, bytes(stored)))
            raised += 1
    if len(rows) < at_once:
        return raised, []
    return raised, ["past", rows[-1][0], rows[-1][1], str(rows[-1][2])]


def _read(kind: str, id_: str, label: int, stored: bytes) -> tuple[dict[str, Any], bytes]:
    content = sealing.open_(kind, id_, label, bytes(stored))
    return jsonio.plain(content), content


def _told(kind: str, id_: str, label: int, stored: bytes) -> int:
    """What the table says of a superseded version."""
    if not stored or label >= labels.SENSITIVE:
        return 0
    return access.rules().of(*_read(kind, id_, label, stored))[0]
