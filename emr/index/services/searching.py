"""A search is counted against a quota and recorded, then answered."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from emr.index import selectors
from emr.index.policies import PATIENT
from emr.index.selectors import Found
from kernel import audit, clock
from kernel.actor import Actor
from kernel.database import prepared
from kernel.errors import TooMany

WINDOW: Final = timedelta(minutes=5)
QUOTAS: Final = {"own": 300, "county": 60}
"""Searches of one actor in five minutes, in the own institutions and in the whole county."""

COUNT = """
INSERT INTO emr_searchquota (actor_name, kind, window_at, used) VALUES (%s, %s, %s, 1)
ON CONFLICT (actor_name, kind) DO UPDATE SET
  used = CASE WHEN emr_searchquota.window_at < %s THEN 1 ELSE emr_searchquota.used + 1 END,
  window_at = CASE WHEN emr_searchquota.window_at < %s THEN excluded.window_at ELSE emr_searchquota.window_at END
RETURNING used
"""


@transaction.atomic
def search(*, by: Actor, text: str) -> Found:
    """Find patients: own ones by any piece of a name, anybody in the county by an exact value, masked.

    One audit row per search, without what was typed. Raises TooMany (429) beyond the quota.
    """
    PATIENT.ask(by, "find")
    kind = "county" if selectors.reaches_county(text) else "own"
    _count(by, kind)
    found = selectors.find(by=by, text=text)
    detail: dict[str, str | int | bool] = {"shape": str(found.shape), "reach": kind, "hits": len(found.hits)}
    audit.record(by=by, action="emr.patient_searched", detail=detail)
    return found


def _count(by: Actor, kind: str) -> None:
    now = clock.now()
    with prepared.cursor() as cursor:
        cursor.execute(COUNT, [by.name, kind, now, now - WINDOW, now - WINDOW])
        used: int = cursor.fetchone()[0]
    if used > QUOTAS[kind]:
        raise TooMany(_("That was a lot of searching. Please wait five minutes; your work is not lost."))
