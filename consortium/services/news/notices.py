"""Telling people: one row per person and key, pushed to open pages after the commit."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import translation

from consortium import push, selectors
from consortium.choices import NoticeLevel, Role
from consortium.models import Notification, NotificationRecipient, Staff
from consortium.policies import NOTICE
from kernel import audit, clock
from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.said import Saying, kept


@dataclass(frozen=True)
class Recipients:
    """Whom to tell: named people, and everybody who holds `role` at `organisation` today."""

    staff: Iterable[UUID] = ()
    role: Role | str = ""
    organisation: UUID | None = None


@transaction.atomic
def notify(
    *,
    by: Actor,
    key: str,
    recipients: Recipients,
    level: int,
    title: Saying,
    body: Saying = "",
    url: str = "",
    patient_id: UUID | None = None,
    instead_of: Collection[str] = (),
) -> int:
    """Tell people something once per `key` and person; how many were told now.

    `title` and `body` name no patient: `patient_id` does, and the page shows the name to those who may see it. Each
    reader reads them in his own language where they are messages or phrases (`kernel.said`); a `str` stays as it is.
    `instead_of`: keys of earlier notices of the same matter: at those who are told now they wait no more, and the bell
    shows this one alone, with how often it was told.
    Raises Invalid when `url` is not a path of this house.
    """
    if url and not (url.startswith("/") and not url.startswith("//")):
        raise Invalid(code="bad_url")
    told = _recipients([recipients])
    if not told:
        return 0
    values = {
        **_words(title, body),
        "level": NoticeLevel(level),
        "url": url,
        "patient_id": patient_id,
        "made_by": by.name[:80],
    }
    notification, created = Notification.objects.get_or_create(key=key, defaults=values)
    fresh = _hand_out(notification, told, instead_of, known=set() if created else _known(notification, told))
    audit.record(
        by=by,
        action="consortium.notified",
        subject=notification,
        patient=patient_id,
        detail={"told": len(fresh)},
    )
    push.after_commit(fresh, _message(notification))
    return len(fresh)


def _words(title: Saying, body: Saying) -> dict[str, object]:
    """The words as this county reads them, and how to say them in another language."""
    with translation.override(settings.LANGUAGE_CODE):
        words = {"title": str(title)[:200], "body": str(body)}
    sayings = {"title": title, "body": body}
    return {**words, "said": {name: kept(one) for name, one in sayings.items() if not isinstance(one, str)}}


def _hand_out(
    notification: Notification,
    told: Collection[UUID],
    instead_of: Collection[str],
    *,
    known: Collection[UUID],
) -> list[UUID]:
    """A row for each who was not told of this one yet; who they are."""
    before = _replace(instead_of, told)
    fresh = [staff_id for staff_id in told if staff_id not in known]
    rows = [
        NotificationRecipient(notification=notification, staff_id=one, times=1 + before.get(one, 0))
        for one in fresh
    ]
    NotificationRecipient.objects.bulk_create(rows, ignore_conflicts=True)
    return fresh


def _known(notification: Notification, staff: Collection[UUID]) -> set[UUID]:
    """Those of them who were told before."""
    return set(notification.recipients.filter(staff__in=staff).values_list("staff_id", flat=True))


@transaction.atomic
def stir(*, by: Actor, recipients: Iterable[Recipients], message: Mapping[str, str]) -> int:
    """Tell others' open pages, once this has committed, that something they may show has changed; how many people's.
    Nothing is kept."""
    told = [staff_id for staff_id in _recipients(recipients) if staff_id != by.id]
    push.after_commit(told, message)
    return len(told)


@transaction.atomic
def read_notice(*, by: Actor, notice_id: UUID) -> str:
    """Mark one of the own notices as read; the path it opens ("" when it opens none)."""
    row = NOTICE.fetch(by, "read", notice_id)
    if row.read_at is None:
        row.read_at = clock.now()
        row.save(update_fields=["read_at"])
        audit.record(by=by, action="consortium.notice_read", subject=row)
    return Notification.objects.get(pk=row.notification_id).url


@transaction.atomic
def read_all(*, by: Actor) -> int:
    """Mark the own notices below critical as read; how many there were. A critical one is left by its own page."""
    rows = NOTICE.rows(by, "read").filter(read_at__isnull=True, notification__level__lt=NoticeLevel.CRITICAL)
    count = rows.update(read_at=clock.now())
    audit.record(by=by, action="consortium.notices_read", detail={"notices": count})
    return count


@transaction.atomic
def close_notice(*, by: Actor, key: str) -> int:
    """What the notice asked for is done: it counts as read for everybody who was told; how many had not read it."""
    closed = _close([key])
    audit.record(by=by, action="consortium.notice_closed", detail={"key": key, "notices": closed})
    return closed


@transaction.atomic
def close_notices(*, by: Actor, keys: Collection[str]) -> int:
    """The same for all that asked for one thing; nothing is written where nobody waits any more."""
    if not (closed := _close(keys)):
        return 0
    audit.record(by=by, action="consortium.notices_closed", detail={"keys": len(keys), "notices": closed})
    return closed


def _close(keys: Collection[str], waiting: QuerySet[NotificationRecipient] | None = None) -> int:
    if not keys:
        return 0
    rows = NotificationRecipient.objects.all() if waiting is None else waiting
    rows = rows.filter(notification__key__in=keys, read_at__isnull=True)
    told: dict[str, list[UUID]] = {}
    for key, staff in rows.values_list("notification__key", "staff_id"):
        told.setdefault(key, []).append(staff)
    number = rows.update(read_at=clock.now())
    for key, people in told.items():
        push.after_commit(people, {"type": "closed", "key": key})
    return number


def _replace(keys: Collection[str], staff: Collection[UUID]) -> dict[UUID, int]:
    """Earlier notices step back behind a new one; how often each person was told by them."""
    rows = NotificationRecipient.objects.filter(staff_id__in=staff)
    _close(keys, rows)
    shown = rows.filter(notification__key__in=keys, replaced=False)
    told = dict(shown.order_by("staff_id").values_list("staff_id").annotate(all=Sum("times"))) if keys else {}
    if told:
        shown.update(replaced=True)
    return told


def _recipients(recipients: Iterable[Recipients]) -> list[UUID]:
    """Everybody meant whose account is open, each once, in one statement however many desks are told."""
    named, desks = set[UUID](), set[tuple[Role | str, UUID]]()
    for one in recipients:
        named.update(one.staff)
        if one.role and one.organisation:
            desks.add((one.role, one.organisation))
    if not named and not desks:
        return []
    meant = Q(pk__in=named) | Q(pk__in=selectors.at_desks(desks)) if desks else Q(pk__in=named)
    active = Staff.objects.filter(meant, is_active=True).order_by("pk")
    return list(active.values_list("pk", flat=True))


def _message(notification: Notification) -> dict[str, Any]:
    """What open pages hear; each socket puts the title into the language of its page."""
    return {
        "type": "notice",
        "key": notification.key,
        "level": int(notification.level),
        "title": notification.title,
        "said": notification.said.get("title"),
        "url": notification.url,
    }
