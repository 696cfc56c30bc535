"""Critical values: told to a named doctor at once, read back by somebody clinical on the requesting side.

Until then the clock calls one after the other; everything is in the database, a lost broker loses nothing.
"""

import unicodedata
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import services as consortium_services
from consortium.choices import NoticeLevel
from consortium.services import Recipients
from diagnostics import events
from diagnostics.choices import CriticalAction, Minutes
from diagnostics.models import CriticalCall, CriticalValue, Report
from diagnostics.policies import CRITICAL
from diagnostics.selectors.calling import Step, after, next_at, step_of
from kernel import alarms, audit, clock, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid

NOBODY: Final = alarms.named(
    "critical.nobody_to_call", gettext_lazy("Nobody is there to be called for a critical value")
)


@transaction.atomic
def raise_critical(*, by: Actor, report: Report) -> CriticalValue:
    """Tell the requesting doctor a critical value, level 3: the bar stays until it is read back."""
    request, now = report.request, clock.now()
    critical = CriticalValue.objects.create(
        report=report,
        request=request,
        text=report.critical_text,
        raised_at=now,
        raised_by_id=report.writer_id,
        receiver_id=request.requester_id,
        due_at=now + timedelta(minutes=Minutes.CRITICAL),
    )
    consortium_services.notify(
        by=by,
        key=f"critical:{critical.pk}",
        recipients=Recipients(staff=(request.requester_id,)),
        level=NoticeLevel.CRITICAL,
        title=critical.text,
        body=request.item.name,
        url=reverse("diagnostics:critical", args=[critical.pk]),
        patient_id=request.patient_id,
    )
    audit.record(by=by, action="critical.raised", subject=critical, patient=request.patient_id)
    outbox.emit(events.CriticalRaised(request_id=str(request.pk), critical_id=str(critical.pk)))
    return critical


@transaction.atomic
def pass_up(*, by: Actor, critical_id: UUID) -> CriticalValue | None:
    """Nobody has read it back in time: call the next one up (危急值逐级呼叫). None when nothing is due.

    The version stays: whoever is typing the read-back is not sent back by a call.
    """
    critical = CRITICAL.fetch(by, "escalate", critical_id, lock=True)
    now = clock.now()
    if critical.acknowledged_at or next_at(critical) > now:
        return None
    number = critical.escalations + 1
    step, rungs = step_of(critical, number)
    critical.escalations, critical.call_at = number, now + after(number, rungs)
    critical.save(update_fields=["escalations", "call_at"])
    told = _call(by, critical, step, now) if step else 0
    if step is None:
        alarms.alarm(NOBODY, by=by, level=3, subject=critical)
    detail: dict[str, str | int] = {"number": number, "rung": str(step.rung) if step else "", "told": told}
    patient = critical.request.patient_id
    audit.record(by=by, action="critical.passed_up", subject=critical, patient=patient, detail=detail)
    return critical


def _call(by: Actor, critical: CriticalValue, step: Step, now: datetime) -> int:
    """Write down who is called and ring; the reader hears of the first call and may telephone."""
    number = critical.escalations
    CriticalCall.objects.bulk_create(
        CriticalCall(
            critical=critical,
            number=number,
            rung=step.rung,
            staff_id=one.staff_id,
            telephone=one.telephone,
            called_at=now,
        )
        for one in step.phones
    )
    if number == 1:
        _tell_reader(by, critical, step)
    return consortium_services.notify(
        by=by,
        key=f"critical:{critical.pk}:{number}",
        recipients=Recipients(staff=[one.staff_id for one in step.phones]),
        level=NoticeLevel.CRITICAL,
        title=critical.text,
        body=critical.request.item.name,
        url=reverse("diagnostics:critical", args=[critical.pk]),
        patient_id=critical.request.patient_id,
        instead_of=[f"critical:{critical.pk}:{earlier}" for earlier in range(1, number)],
    )


def _tell_reader(by: Actor, critical: CriticalValue, step: Step) -> None:
    """Who found it is told that nobody has answered, and whom to telephone."""
    people = "、".join(f"{one.name} {one.telephone}".strip() for one in step.phones)
    consortium_services.notify(
        by=by,
        key=f"critical:{critical.pk}:reader",
        recipients=Recipients(staff=(critical.raised_by_id,)),
        level=NoticeLevel.URGENT,
        title=gettext_lazy("A critical value has not been read back: telephone"),
        body=f"{critical.request.item.name} · {people}",
        url=reverse("diagnostics:critical", args=[critical.pk]),
        patient_id=critical.request.patient_id,
    )


def _rings(critical: CriticalValue) -> list[str]:
    """Keys of everything that asks for the read-back."""
    more = ["reader", *range(1, critical.escalations + 1)]
    return [f"critical:{critical.pk}", *(f"critical:{critical.pk}:{one}" for one in more)]


def plain(text: str) -> str:
    """Letters and digits only, compatibility forms folded: `Ⅲ度` and `III 度` are the same words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


@transaction.atomic
def acknowledge(
    *, by: Actor, critical_id: UUID, version: int | None, read_back: str, action: str
) -> CriticalValue:
    """Read a critical value back (回读): the words typed again, and what is done. 409 when somebody has already."""
    critical = CRITICAL.fetch(by, "acknowledge", critical_id, lock=True)
    if critical.acknowledged_at or (version is not None and critical.version != version):
        raise Conflict(_("This critical value has been read back already."), code="acknowledged")
    wrong = {}
    if plain(read_back) != plain(critical.text):
        wrong["read_back"] = _("This is not what was told: %(text)s") % {"text": critical.text}
    if action not in CriticalAction.values:
        wrong["action"] = _("Choose what is done.")
    if wrong:
        raise Invalid(fields=wrong)
    critical.version += 1
    critical.acknowledged_at, critical.acknowledged_by_id = clock.now(), by.id
    critical.read_back, critical.action = read_back.strip(), action
    critical.save()
    consortium_services.close_notices(by=by, keys=_rings(critical))
    audit.record(by=by, action="critical.read_back", subject=critical, patient=critical.request.patient_id)
    outbox.emit(events.CriticalReadBack(request_id=str(critical.request_id), critical_id=str(critical.pk)))
    return critical
