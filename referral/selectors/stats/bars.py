"""Numbers as bars: why legs were rejected, how long the answer took, where legs stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Case, F, IntegerField, Q, When
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import pgettext_lazy

from kernel.errors import Text
from referral.choices import Basis, Direction, RejectCode, Status
from referral.selectors.stats.conditions import condition
from referral.selectors.stats.cuts import ALL, Cut, Told
from referral.selectors.stats.spans import Span

WAITS: Final[Sequence[tuple[timedelta, Text]]] = (
    (timedelta(minutes=10), pgettext_lazy("waiting", "up to 10 min")),
    (timedelta(minutes=30), pgettext_lazy("waiting", "30 min")),
    (timedelta(hours=2), pgettext_lazy("waiting", "2 h")),
    (timedelta(hours=8), pgettext_lazy("waiting", "8 h")),
    (timedelta(hours=24), pgettext_lazy("waiting", "24 h")),
    (timedelta(hours=72), pgettext_lazy("waiting", "72 h")),
    (timedelta(days=3650), pgettext_lazy("waiting", "longer")),
)
STANDS: Final[Sequence[tuple[Text, str, tuple[Status, ...]]]] = (
    (Status.CLOSED.label, "good", (Status.CLOSED, Status.MANAGED_LOCALLY)),
    (pgettext_lazy("indicator", "under way"), "here", ()),
    (Status.REDIRECTED.label, "quiet", (Status.REDIRECTED,)),
    (Status.CANCELLED.label, "quiet", (Status.CANCELLED, Status.EXPIRED, Status.DIED)),
    (Status.REJECTED.label, "bad", (Status.REJECTED,)),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One bar: words, number, share of the longest or of the whole; `code` narrows the rows."""

    label: Text
    number: int
    share: float
    tone: str = ""
    code: str = ""


def _bars(parts: Sequence[tuple[Text, int, str, str]], *, whole: int | None = None) -> list[Part]:
    most = whole if whole is not None else max((number for _label, number, *_rest in parts), default=0)
    return [
        Part(label, number, 100 * number / most if most else 0.0, tone, code)
        for label, number, tone, code in parts
    ]


def cuts(span: Span) -> dict[str, Cut]:
    """What the bars are drawn of."""
    took = F("answered_at") - F("sent_at")
    classes = [When(LessThanOrEqual(took, most), then=place) for place, (most, _label) in enumerate(WAITS)]
    waited = Case(*classes, output_field=IntegerField())
    return {
        "reasons": Cut(Basis.SENT, span, "reject_code", legs=condition("rejected")),
        "waits": Cut(Basis.SENT, span, waited, legs=condition("answered")),
        "stands": Cut(Basis.SENT, span, "status", legs=~Q(direction=Direction.DOWN)),
    }


def _counted(found: Told) -> dict[Any, int]:
    return {key: numbers[ALL] for key, numbers in found.numbers.items()}


def reasons(found: Told) -> list[Part]:
    """Why legs were rejected, the most frequent first."""
    parts = [(RejectCode(code).label, number, "", code) for code, number in _counted(found).items() if code]
    return _bars(sorted(parts, key=lambda part: (-part[1], part[3])))


def waits(found: Told) -> list[Part]:
    """How long the answer took: how many legs in each class."""
    numbers = _counted(found)
    return _bars([(label, numbers.get(place, 0), "", "") for place, (_most, label) in enumerate(WAITS)])


def stands(found: Told) -> list[Part]:
    """Where the legs up and between peers of the span stand now."""
    numbers = _counted(found)
    named = {status for _label, _tone, statuses in STANDS for status in statuses}
    parts = [
        (
            label,
            sum(
                number
                for status, number in numbers.items()
                if (status in statuses if statuses else status not in named)
            ),
            tone,
            "",
        )
        for label, tone, statuses in STANDS
    ]
    return _bars(parts, whole=sum(numbers.values()))
