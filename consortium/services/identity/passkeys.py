"""Passkeys (通行密钥): registered by their owner, accepted at every door where password and code are."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.choices import Factor
from consortium.engine import passkeys
from consortium.engine.passkeys import Site
from consortium.models import Passkey, Staff, StaffSession
from consortium.policies import PASSKEY
from consortium.services.identity import proofs
from consortium.services.identity.sign_in import Answer, Outcome, failed, open_session, unlocked
from consortium.services.sessions import throttle
from consortium.services.sessions.devices import ANYWHERE, Seat
from kernel import assurance, audit, clock
from kernel.actor import Actor
from kernel.database.clashes import told_as
from kernel.errors import Conflict, Invalid

MOST: Final = 10
"""Passkeys of one person."""


@transaction.atomic
def register_passkey(*, by: Actor, site: Site, said: str, name: str) -> Passkey:
    """Keep the public half of a key pair the browser has just made. Asks for a fresh proof.

    Raises Invalid when the answer is not genuine, Conflict when the key is registered already.
    """
    assurance.fresh(by)
    made = passkeys.registered(site, said)
    if made is None:
        raise Invalid(_("The passkey was not accepted. Please try again."), code="bad_passkey")
    if Passkey.objects.filter(staff=by.person).count() >= MOST:
        raise Conflict(_("Ten passkeys are the most: remove one first."), code="too_many_passkeys")
    passkey = Passkey(
        staff_id=by.person,
        name=name.strip()[:40],
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=made.transports,
        backed_up=made.backed_up,
    )
    taken = Conflict(_("This passkey is registered already."), code="passkey_exists")
    with told_as(taken, "consortium_passkey_credential_key"):
        passkey.save(force_insert=True)
    audit.record(by=by, action="consortium.passkey_registered", subject=passkey)
    return passkey


@transaction.atomic
def remove_passkey(*, by: Actor, passkey_id: UUID) -> None:
    """Its owner does not want it any more, or has lost it. Asks for a fresh proof."""
    assurance.fresh(by)
    passkey = PASSKEY.fetch(by, "remove", passkey_id, lock=True)
    audit.record(by=by, action="consortium.passkey_removed", subject=passkey)
    passkey.delete()


@transaction.atomic
def enter_by_passkey(
    *, by: Actor, site: Site, said: str, seat: Seat = ANYWHERE, staff_id: UUID | None = None
) -> Answer:
    """Sign in: a passkey is both factors by itself. `staff_id`: whose password was right just before, if any."""
    staff = _shown(by, site, said, staff_id)
    if staff is None:
        return _refused(by, said, staff_id)
    session = open_session(by=by, staff_id=staff.pk, factor=Factor.PASSKEY, seat=seat)
    return Answer(Outcome.ACCEPTED, staff_id=staff.pk, session=session)


@transaction.atomic
def reopen_by_passkey(*, by: Actor, session_id: UUID, site: Site, said: str, seat: Seat = ANYWHERE) -> Answer:
    """Reopen a locked page; that is a proof with two factors too."""
    session = StaffSession.objects.select_related("staff").select_for_update(of=("self",)).get(pk=session_id)
    if session.ended_at or _shown(by, site, said, session.staff_id) is None:
        return _refused(by, said, session.staff_id)
    session.proved_at = clock.now()
    session.save(update_fields=["proved_at"])
    return unlocked(by, session)


@transaction.atomic
def prove_by_passkey(*, by: Actor, site: Site, said: str, seat: Seat = ANYWHERE) -> Answer:
    """Step-up with a passkey."""
    if _shown(by, site, said, by.person) is None:
        return _refused(by, said, by.person)
    return proofs.proved(by, Factor.PASSKEY, seat)


def _shown(by: Actor, site: Site, said: str, staff_id: UUID | None) -> Staff | None:
    """Whose passkey signed this challenge; None when nobody's, somebody else's, or the account is closed or locked."""
    rows = Passkey.objects.select_for_update(of=("self",)).select_related("staff")
    passkey = rows.filter(credential=passkeys.credential_of(said)).first()
    if passkey is None or staff_id not in (None, passkey.staff_id) or not passkey.staff.is_active:
        return None
    if throttle.locked_until(account=passkey.staff.username):
        return None
    count = passkeys.count_after(site, said, public_key=bytes(passkey.public_key), count=passkey.sign_count)
    if count is None:
        return None
    passkey.sign_count, passkey.used_at = count, clock.now()
    passkey.save(update_fields=["sign_count", "used_at"])
    return passkey.staff


def _refused(by: Actor, said: str, staff_id: UUID | None) -> Answer:
    """Count it for the person who is known here; a stranger's answer counts for the address alone."""
    staff = Staff.objects.filter(pk=staff_id).first() if staff_id else None
    account = staff.username if staff else ""
    return failed(by, account, staff, "consortium.passkey_refused", tell=staff is not None)
