"""Certificates on USB keys: bound to one account by two managers, counted as a factor when a gateway has seen one."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors
from consortium.choices import Role
from consortium.engine import certificates
from consortium.kinds import ChangeKind, change_kind
from consortium.models import Certificate, Change, Staff
from consortium.policies import CERTIFICATE
from consortium.services.rights import changes
from kernel import assurance, audit, clock
from kernel.actor import Actor
from kernel.database.clashes import told_as
from kernel.errors import Conflict, Invalid, Refused, Text

KIND: Final = "account.certificate"
"""The change that two managers make: the system manager asks, a security manager decides."""


def certificate_of(pem: str) -> certificates.Seen:
    """The certificate as a manager pasted it. Raises Invalid unless it is a valid SM2 one."""
    seen = certificates.read(pem)
    if seen is None or not seen.sm2:
        problem = _("This is not an SM2 certificate: paste it with its first and last line.")
        raise Invalid(fields={"certificate": problem}, code="bad_certificate")
    if not seen.not_before <= clock.now() < seen.not_after:
        raise Invalid(
            fields={"certificate": _("This certificate is not valid today.")}, code="bad_certificate"
        )
    return seen


def check_binding(by: Actor, payload: Mapping[str, Any]) -> None:
    """Whether the change could be made as it stands."""
    seen = certificate_of(payload["certificate"])
    if Certificate.objects.filter(fingerprint=seen.fingerprint, revoked_at__isnull=True).exists():
        raise Conflict(_("This certificate is bound to an account already."), code="certificate_bound")


def words_of_binding(payload: Mapping[str, Any]) -> Text:
    """What the second manager reads."""
    seen = certificates.read(payload["certificate"])
    who = selectors.staff(UUID(payload["staff"]))
    return _(
        "The USB key certificate %(subject)s, number %(serial)s, becomes a way in for %(name)s (%(account)s)."
    ) % {
        "subject": seen.subject if seen else "?",
        "serial": seen.serial if seen else "?",
        "name": who.name,
        "account": who.username,
    }


@transaction.atomic
def ask_for_certificate(*, by: Actor, staff_id: UUID, certificate: str, reason: str) -> Change:
    """Ask a security manager to bind a certificate to an account. Raises Invalid unless it is a valid SM2 one."""
    payload = {"staff": str(staff_id), "certificate": certificate.strip()}
    change = changes.propose(by=by, kind=KIND, subject=staff_id, payload=payload, reason=reason)
    audit.record(by=by, action="consortium.certificate_proposed", subject=change)
    return change


@transaction.atomic
def bind_certificate(*, by: Actor, staff_id: UUID, pem: str) -> Certificate:
    """Bind a certificate to one account: what the second manager's approval does. Raises Conflict when it is taken."""
    CERTIFICATE.ask(by, "bind")
    if staff_id == by.id:
        raise Refused(_("Nobody binds a certificate to the own account."), code="own_account")
    seen = certificate_of(pem)
    bound = Certificate(
        staff_id=staff_id,
        fingerprint=seen.fingerprint,
        subject=seen.subject,
        serial=seen.serial,
        not_after=seen.not_after,
        bound_by=by.name,
    )
    taken = Conflict(_("This certificate is bound to an account already."), code="certificate_bound")
    with told_as(taken, "certificate_of_one_person"):
        bound.save(force_insert=True)
    audit.record(by=by, action="consortium.certificate_bound", subject=bound, detail={"staff": str(staff_id)})
    return bound


@transaction.atomic
def revoke_certificate(*, by: Actor, certificate_id: UUID) -> Certificate:
    """A key is lost or its owner leaves: its certificate opens nothing from now on."""
    assurance.fresh(by)
    bound = CERTIFICATE.fetch(by, "revoke", certificate_id, lock=True)
    if bound.revoked_at is None:
        bound.revoked_at, bound.revoked_by = clock.now(), by.name
        bound.save(update_fields=["revoked_at", "revoked_by"])
    audit.record(by=by, action="consortium.certificate_revoked", subject=bound)
    return bound


def belongs(staff: Staff, fingerprint: bytes) -> bool:
    """Whether the certificate that the gateway saw is this person's and still good."""
    if not fingerprint:
        return False
    rows = Certificate.objects.filter(staff=staff, fingerprint=fingerprint, revoked_at__isnull=True)
    return rows.filter(not_after__gt=clock.now()).exists()


def binding() -> ChangeKind:
    """The kind of change, for the app's `ready()`: the system manager asks, a security manager decides."""
    return change_kind(
        KIND,
        label=_("USB key certificate"),
        apply=lambda by, payload: bind_certificate(
            by=by, staff_id=UUID(payload["staff"]), pem=payload["certificate"]
        ),
        describe=words_of_binding,
        check=check_binding,
        proposers=frozenset({str(Role.SYSTEM_MANAGER)}),
    )
