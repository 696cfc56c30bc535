"""Critical values: told to a named doctor at once, read back by somebody clinical on the requesting side."""

import unicodedata
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import services as consortium_services
from diagnostics import events
from diagnostics.choices import CriticalAction, Minutes
from diagnostics.models import CriticalValue, Report
from diagnostics.policies import CRITICAL
from kernel import audit, clock, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid


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
        recipients=consortium_services.Recipients(staff=(request.requester_id,)),
        level=3,
        title=critical.text,
        body=request.item.name,
        url=reverse("diagnostics:critical", args=[critical.pk]),
        patient_id=request.patient_id,
    )
    audit.record(by=by, action="critical.raised", subject=critical, patient=request.patient_id)
    outbox.emit(events.CriticalRaised(request_id=str(request.pk), critical_id=str(critical.pk)))
    return critical


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
    consortium_services.close_notice(by=by, key=f"critical:{critical.pk}")
    audit.record(by=by, action="critical.read_back", subject=critical, patient=critical.request.patient_id)
    outbox.emit(events.CriticalReadBack(request_id=str(critical.request_id), critical_id=str(critical.pk)))
    return critical
