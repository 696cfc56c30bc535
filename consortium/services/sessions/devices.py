"""Known devices: browsers on which a person has shown her second factor; within twelve hours it counts on."""

from dataclasses import dataclass
from uuid import UUID

from consortium.models import KnownDevice, Staff
from kernel import clock, crypto, ids

NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Seat:
    """What a browser brings along besides what is typed.

    `device`: the token of its cookie; `agent`: what it calls itself; `certificate`: SM3 of the certificate that a
    trusted gateway has verified.
    """

    device: str = ""
    agent: str = ""
    certificate: bytes = b""


ANYWHERE = Seat()


def known(staff: Staff | None, seat: Seat) -> KnownDevice | None:
    """The row of this person and browser. One statement whether or not the account exists."""
    if not seat.device:
        return None
    owner = staff.pk if staff else NOBODY
    return KnownDevice.objects.filter(staff=owner, mark=_mark(owner, seat.device)).first()


def remember(staff: Staff, seat: Seat) -> None:
    """A second factor was shown here and now."""
    if seat.device:
        KnownDevice.objects.bulk_create(
            [
                KnownDevice(
                    id=ids.uuid7(),
                    staff=staff,
                    mark=_mark(staff.pk, seat.device),
                    factor_at=clock.now(),
                    agent=seat.agent[:200],
                )
            ],
            update_conflicts=True,
            unique_fields=["staff", "mark"],
            update_fields=["factor_at", "agent"],
        )


def forget_all(staff_id: UUID) -> int:
    """The second factor is asked again on every device of this person."""
    return KnownDevice.objects.filter(staff=staff_id).delete()[0]


def _mark(staff_id: UUID, token: str) -> bytes:
    return crypto.mac("consortium_knowndevice", f"{staff_id}:{token}".encode())
