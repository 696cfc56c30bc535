"""The database keeps beside each tally which conditions of the indicators hold, a bit for each."""

from datetime import timedelta
from functools import reduce
from operator import add

from django.db import migrations, models
from django.db.models import Case, F, Q, Value, When
from django.db.models.lookups import LessThanOrEqual


def _has(name):
    return Q(**{f"{name}_at__isnull": False})


UP, DOWN = Q(direction="up"), Q(direction="down")
LEAVING = Q(direction__in=("up", "lateral"), inbound=False)
INSIDE = Q(outside=False) & ~_has("onward")
TRANSFER = ~_has("advised")
FIRST = LEAVING & TRANSFER & Q(goes_on=False)
JUDGED = TRANSFER & (_has("taken") | _has("refused") | _has("passed_on"))
AWAITED = _has("kept") & (_has("arrived") | _has("missed"))
FOLLOWED = DOWN & _has("followed")
ELIGIBLE = LEAVING & Q(outside=False) & _has("replied") & ~Q(no_plan__in=("cured", "goes_on"))
IN_TIME = Q(LessThanOrEqual(F("read_at") - F("replied_at"), timedelta(hours=72)))

HOLDS = {
    "up": UP,
    "down": DOWN,
    "lateral": Q(direction="lateral"),
    "outside": Q(outside=True),
    "inbound": Q(inbound=True),
    "leaving_first": FIRST,
    "leaving_inside": FIRST & INSIDE,
    "advised": _has("advised"),
    "sent": TRANSFER,
    "asked": TRANSFER & _has("asked"),
    "judged": JUDGED,
    "accepted": JUDGED & _has("taken") & ~_has("revoked"),
    "answered": _has("answered"),
    "answered_arrived": Q(answered_at__isnull=False, arrived_at__gte=F("answered_at")),
    "awaited": AWAITED,
    "missed": AWAITED & _has("missed"),
    "rejected": _has("refused") | _has("revoked"),
    "arrived": _has("arrived"),
    "turned_away": _has("turned_away"),
    "closable": TRANSFER & ~Q(status__in=("cancelled", "rejected")),
    "closed": TRANSFER & Q(status="closed"),
    "replied": LEAVING & _has("replied"),
    "read_in_time": LEAVING & IN_TIME,
    "eligible": ELIGIBLE,
    "went_down": ELIGIBLE & _has("sent_down"),
    "followed": FOLLOWED & ~Q(status="died"),
    "finished": FOLLOWED & _has("finished"),
    "down_taken": DOWN & _has("taken"),
}
MEETS = reduce(
    add,
    (
        Case(When(holds, then=Value(1 << place)), default=Value(0), output_field=models.BigIntegerField())
        for place, holds in enumerate(HOLDS.values())
    ),
)


class Migration(migrations.Migration):
    dependencies = [("referral", "0027_dangerous_readings")]

    operations = [
        migrations.AddField(
            model_name="tally",
            name="meets",
            field=models.GeneratedField(
                expression=MEETS, output_field=models.BigIntegerField(), db_persist=True
            ),
        ),
    ]
