"""What was sent about one matter: notices to staff, messages to patients."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, IntegerField, JSONField, Q, Value

from consortium.models import Notification, TextMessage
from consortium.selectors.news.notices import worded


@dataclass(frozen=True, slots=True)
class Sent:
    """One notice or message. `words`: the notice's title in the reader's language, the state of a message; `told` and
    `read` count people."""

    at: datetime
    key: str
    words: str
    told: int
    read: int
    to_patient: bool


def sent_under(prefixes: Sequence[str]) -> list[Sent]:
    """All that was sent under keys that begin so, in one statement. The caller has let the matter through."""
    if not prefixes:
        return []
    about = Q()
    for prefix in prefixes:
        about |= Q(key__startswith=prefix)
    columns = ("created_at", "key", "words", "how", "told", "read", "kind")
    notices = (
        Notification.objects.filter(about)
        .annotate(
            words=F("title"),
            how=F("said"),
            told=Count("recipients"),
            read=Count("recipients", filter=Q(recipients__read_at__isnull=False)),
            kind=Value(0, IntegerField()),
        )
        .values_list(*columns)
    )
    none = Value(0, IntegerField())
    texts = (
        TextMessage.objects.filter(about)
        .annotate(
            words=F("state"), how=Value({}, JSONField()), told=none, read=none, kind=Value(1, IntegerField())
        )
        .values_list(*columns)
    )
    return [
        Sent(at, key, worded(words, how.get("title")), told, read, bool(kind))
        for at, key, words, how, told, read, kind in notices.union(texts, all=True)
    ]
