"""The audit record: who did what to whose record. Written in the verb's transaction, chained, never changed.

The chain has 64 lanes. A transaction takes a free one and keeps it until it ends, so no writer waits for
another; `kernel.chain.verifying` verifies all of them.
"""

import logging
import threading
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InternalError, OperationalError, ProgrammingError
from django.db.models import Model, Q, QuerySet

from kernel import clock
from kernel.actor import Actor
from kernel.chain import appending
from kernel.database import joining, prepared
from kernel.errors import Unavailable
from kernel.models import AuditEntry

log = logging.getLogger(__name__)
_count = threading.local()


def record(
    *,
    by: Actor,
    action: str,
    subject: Model | None = None,
    patient: UUID | None = None,
    outcome: str = "success",
    detail: Mapping[str, str | int | bool] | None = None,
) -> None:
    """Append one entry inside the caller's transaction: it stands or falls with what it describes.

    `action` is a past participle (`referral.accepted`); `detail` holds ids and codes, never clinical text
    or a name. Two statements the first time in a transaction, then one.
    """
    kind = subject._meta.label_lower if subject is not None else ""
    pk = str(subject.pk) if subject is not None else ""
    _append(by, action, outcome, kind, pk, patient, dict(detail or {}))


def record_refusal(*, by: Actor, action: str, detail: Mapping[str, Any] | None = None) -> None:
    """Append a refusal in a transaction of its own, at the edge, after the verb's has rolled back.

    `model` and `pk` in `detail`, as the policy names them, become the entry's subject.
    """
    words = {key: value for key, value in (detail or {}).items() if isinstance(value, str | int | bool)}
    kind, pk = str(words.pop("model", "")), str(words.pop("pk", ""))
    _append(by, action, "refused", kind, pk, None, words)


def record_shown(*, by: Actor, page: str, words: Mapping[str, Any]) -> None:
    """Append that `page` was shown, in a transaction of its own. `words` fill the page's address: the patient it
    names stands in the entry's own column, the first other id becomes its subject."""
    ids_named = {name: word for name, word in words.items() if isinstance(word, UUID)}
    patient = ids_named.pop("patient_id", None)
    pk = next(iter(ids_named.values()), "")
    _append(by, "page.shown", "success", page, str(pk), patient, {})


def written() -> int:
    """How many entries this thread has appended so far: whether a request has left a trace is a difference."""
    return int(getattr(_count, "entries", 0))


def _append(
    by: Actor,
    action: str,
    outcome: str,
    kind: str,
    pk: str,
    patient: UUID | None,
    detail: dict[str, str | int | bool],
) -> None:
    said = (
        clock.present(), str(by.kind), by.name, by.id, by.post, by.organisation, " ".join(sorted(by.roles)),
        by.session, by.address, by.purpose, action, outcome, kind, pk, patient, detail,
    )  # fmt: skip
    try:
        with joining.whole() as here, prepared.cursor(on=here) as cursor:
            appending.append(cursor, here, said)
    except (ProgrammingError, OperationalError, InternalError) as error:
        # What cannot be recorded does not happen: the caller gets Unavailable (503) and nothing else.
        log.critical("the audit record cannot be written: %s", str(error).partition("\n")[0])
        raise Unavailable(code="audit_unwritable") from error
    _count.entries = written() + 1


def search(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    actor: str = "",
    action: str = "",
    actions: Collection[str] = (),
    outcome: str = "",
    subject: str = "",
    patient: UUID | None = None,
    organisation: UUID | None = None,
    address: str = "",
    before: UUID | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """Entries that match every given word, newest first, read as the audit user; for the audit console.

    `action` ending in "." means every action of that room; `actions` are any of several. `before` is the id of
    the last entry of the page before. The caller has asked its policy whether `by` may look.
    """
    words = within(since, until)
    words &= Q(action__startswith=action) if action.endswith(".") else Q(action=action) if action else Q()
    words &= Q(action__in=actions) if actions else Q()
    given = {
        "actor_name": actor, "outcome": outcome, "subject_id": subject, "patient": patient,
        "organisation": organisation, "address": address, "id__lt": before,
    }  # fmt: skip
    rows = entries().filter(words, **{name: value for name, value in given.items() if value})
    return list(rows.order_by("-id")[:limit])


def within(since: datetime | None, until: datetime | None) -> Q:
    """Entries of a period; by their ids too, so that only its months are read."""
    words = Q(at__gte=since, id__gte=edge(since, -1)) if since else Q()
    return words & Q(at__lt=until, id__lt=edge(until, 1)) if until else words


def edge(moment: datetime, minutes: int) -> UUID:
    """The first id of `moment`, a minute away: an id is made a little before or after its entry's time is read."""
    return UUID(int=int((moment.timestamp() + 60 * minutes) * 1000) << 80)


def patients(since: datetime | None, until: datetime | None) -> Iterator[UUID]:
    """Whose records were touched in a period, each once."""
    rows = entries().filter(within(since, until), patient__isnull=False)
    found = rows.order_by("patient").values_list("patient", flat=True).distinct()
    yield from (patient for patient in found.iterator(5000) if patient)


def entries() -> QuerySet[AuditEntry]:
    """All entries, read as the audit user."""
    return AuditEntry.objects.using("audit")
