"""Messages between rooms that failed and wait for their next try, for the system manager."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, IntegerField, OuterRef, Subquery

from consortium.policies import DELIVERY
from kernel import delivery
from kernel.actor import Actor
from kernel.models import OutboxDelivery

SHOWN: Final = 50


@dataclass(frozen=True)
class Failing:
    """One delivery that failed at least once and is not done. `behind`: what waits for it in its order."""

    delivery: OutboxDelivery
    behind: int

    @property
    def stuck(self) -> bool:
        """Whether it failed so often that it hardly mends itself."""
        return self.delivery.attempts >= delivery.STUCK_AFTER


def failing(*, by: Actor) -> tuple[list[Failing], int]:
    """The deliveries that failed, those tried most often first, at most `SHOWN`; and how many there are."""
    failed = DELIVERY.rows(by, "view").filter(done_at__isnull=True, attempts__gt=0)
    stream = OutboxDelivery.objects.filter(
        done_at__isnull=True, handler=OuterRef("handler"), stream=OuterRef("stream")
    )
    behind = stream.filter(event__gt=OuterRef("event")).order_by().values("stream").annotate(n=Count("pk"))
    rows = failed.select_related("event").annotate(
        behind=Subquery(behind.values("n"), output_field=IntegerField())
    )
    shown = [Failing(row, row.behind or 0) for row in rows.order_by("-attempts", "event", "pk")[:SHOWN]]
    return shown, failed.count() if len(shown) == SHOWN else len(shown)
