"""A branch's own system opens this patient's chart by a link: signed, for 60 seconds, once."""

import hmac
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.chart.engine import links
from emr.chart.models import Launch
from emr.chart.policies import CHART
from emr.index.models import Patient
from kernel import audit, clock
from kernel.actor import Actor
from kernel.database.clashes import told_as
from kernel.errors import Gone, Invalid, OutOfReach, Refused

SIGN_IN: Final = timedelta(minutes=10)
"""So long a doctor may take to sign in after she pressed a link."""
SKEW: Final = 5
"""Seconds a client's clock may run ahead."""


@transaction.atomic
def launch(*, by: Actor, patient_id: UUID, token: str, came_at: datetime | None = None) -> Patient:
    """Use a chart link. The doctor is signed in herself and acts in a post of the client's institution.

    `came_at`: when the link was pressed, where she had to sign in first: a password and a code take longer than the
    link lasts. Raises Invalid (422, "link_invalid") for a bad signature or another patient, Gone (410, "link_expired"
    or "link_used"), Refused (403) for a doctor of another institution, OutOfReach (404) for an unknown patient.
    """
    CHART.ask(by, "launch")
    link = _read(token, patient_id)
    found = consortium.signing_key(link.client_id)
    if found is None or not hmac.compare_digest(links.signature(found[1], link.body), link.signature):
        raise _invalid()
    client = found[0]
    if not _in_time(link, came_at):
        raise Gone(
            _("This link has expired. Open the chart again from your own system."), code="link_expired"
        )
    if client.organisation not in by.organisations or client.id is None or by.id is None:
        raise Refused(
            _(
                "The system of another institution made this link. Change to your post there, then open it again."
            ),
            code="link_elsewhere",
            detail={"action": "emr.chart_launched"},
        )
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
    _use_once(by.id, patient, client.id, link.token_id, clock.now())
    audit.record(
        by=by,
        action="emr.chart_launched",
        subject=patient,
        patient=patient.pk,
        detail={"client": client.name},
    )
    return patient


def _in_time(link: links.Link, came_at: datetime | None) -> bool:
    """Whether the link was pressed within its seconds, and a sign-in after it took minutes, not the night."""
    now = clock.now()
    pressed = came_at if came_at and now - came_at <= SIGN_IN else now
    return -SKEW <= (pressed - link.at).total_seconds() <= links.LASTS


def _invalid() -> Invalid:
    return Invalid(
        _(
            "This link is not valid. Open the chart again from your own system; if that fails, call the help desk."
        ),
        code="link_invalid",
    )


def _read(token: str, patient_id: UUID) -> links.Link:
    try:
        link = links.read(token)
    except links.Unreadable:
        raise _invalid() from None
    if link.patient_id != patient_id:
        raise Invalid(_("This link is for another patient."), code="link_invalid")
    return link


def _use_once(doctor_id: UUID, patient: Patient, client_id: UUID, token_id: str, at: datetime) -> None:
    used = Gone(_("This link was used already. Open the chart again from your own system."), code="link_used")
    with told_as(used, "launch_link_is_used_once"):
        Launch.objects.create(
            token_id=token_id, client_id=client_id, patient=patient, used_by_id=doctor_id, used_at=at
        )
