"""Step-up: showing once more, in the middle of a session, who sits there."""

from django.db import transaction

from consortium.choices import Factor
from consortium.models import Staff, StaffSession
from consortium.services.identity import certificates, factors
from consortium.services.identity.sign_in import Answer, Outcome, failed, fitting_hash, keep_hash
from consortium.services.sessions import devices, throttle
from consortium.services.sessions.devices import ANYWHERE, Seat
from kernel import audit, clock
from kernel.actor import Actor


@transaction.atomic
def prove(*, by: Actor, password: str, code: str, seat: Seat = ANYWHERE) -> Answer:
    """Both factors again: the password, and a code or the certificate that the gateway sees."""
    staff = Staff.objects.get(pk=by.person)
    throttle.one_at_a_time(staff.username)
    until = throttle.locked_until(account=staff.username)
    fits = fitting_hash(staff, password)
    factor = None if until or not fits else _second(staff, code, seat)
    if factor is None:
        return failed(by, staff.username, staff, "consortium.proof_refused", tell=True)
    keep_hash(staff, fits)
    return proved(by, factor, seat)


def proved(by: Actor, factor: Factor, seat: Seat) -> Answer:
    """The proof counts from now on, in this session and on this device."""
    session = StaffSession.objects.select_for_update().get(pk=by.session, staff=by.person)
    session.proved_at = clock.now()
    session.save(update_fields=["proved_at"])
    staff = Staff.objects.get(pk=session.staff_id)
    devices.remember(staff, seat)
    throttle.forget(staff.username)
    audit.record(by=by, action="consortium.proved", subject=session, detail={"factor": str(factor)})
    return Answer(Outcome.ACCEPTED, staff_id=session.staff_id, session=session)


def _second(staff: Staff, code: str, seat: Seat) -> Factor | None:
    if certificates.belongs(staff, seat.certificate):
        return Factor.CERTIFICATE
    return factors.accept(staff, code) if code else None
