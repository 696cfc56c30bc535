"""Notices of the person who asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.utils.translation import get_language

from consortium.models import NotificationRecipient
from consortium.policies import NOTICE
from kernel.actor import Actor
from kernel.said import heard

NOTICES = 50
"""Notices on one page."""


@dataclass(frozen=True)
class Notice:
    """One line of the bell's list. `id` is the recipient row: reading it is one person's affair. `times`: how often the
    matter was told, this one the last."""

    id: UUID
    level: int
    title: str
    body: str
    url: str
    patient_id: UUID | None
    created_at: datetime
    read_at: datetime | None
    times: int


def notices(*, by: Actor, limit: int = NOTICES, before: UUID | None = None) -> list[Notice]:
    """Newest first, of one matter the newest; `before` continues after the last one seen."""
    rows = NOTICE.rows(by, "view").filter(replaced=False).select_related("notification")
    if before:
        rows = rows.filter(pk__lt=before)
    return [
        Notice(
            id=row.pk,
            level=row.notification.level,
            title=worded(row.notification.title, row.notification.said.get("title")),
            body=worded(row.notification.body, row.notification.said.get("body")),
            url=row.notification.url,
            patient_id=row.notification.patient_id,
            created_at=row.notification.created_at,
            read_at=row.read_at,
            times=row.times,
        )
        for row in rows.order_by("-pk")[:limit]
    ]


def worded(words: str, said: Mapping[str, Any] | None) -> str:
    """Words of a notice for whoever reads now. In the county's language as they were made, which no later catalogue
    changes; so too where nothing else is known of them."""
    return words if said is None or get_language() == settings.LANGUAGE_CODE else heard(said)


def unread(*, by: Actor) -> int:
    """How many notices this person has not read."""
    return NOTICE.rows(by, "view").filter(read_at__isnull=True).count()


def unread_of(staff_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Numbers of unread notices by person, one statement."""
    wanted = list(staff_ids)
    rows = NotificationRecipient.objects.filter(staff__in=wanted, read_at__isnull=True)
    counted = dict(rows.order_by("staff_id").values_list("staff_id").annotate(number=Count("pk")))
    return {staff_id: counted.get(staff_id, 0) for staff_id in wanted}
