"""The money of the last days: bills settled with the insurance centre and paid, shifts closed, days compared.

Told after the county stands: each step is committed before the centre is asked, as at the desks.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from django.db import connection

from consortium.choices import Role
from insurance_bridge import selectors
from insurance_bridge import services as insurance
from insurance_bridge.choices import PaymentMethod
from kernel import clock
from kernel.actor import Actor
from kernel.simulator.beside import Beside
from portal.demo.cast import Cast
from portal.demo.desks import BILLS
from portal.demo.diary import moved_to
from portal.demo.people import Resident

DAYS: Final = (3, 2, 1)
"""Days ago that are told; the last one is left to the insurance clerk, with a difference in it."""
A_DAY: Final = 4
"""Bills of a day; one of the last day has not been paid yet."""
MORNING: Final = timedelta(hours=9, minutes=10)
APART: Final = timedelta(minutes=35)
SHORT: Final = 100
"""Cents that the centre has booked otherwise."""


def tell(*, by: Actor, folder: Path, payers: Sequence[Resident]) -> int:
    """Settle `A_DAY` bills of each of DAYS; how many settlements. `folder` is the data folder."""
    cast, people, told = Cast(), iter(payers), 0
    with _without_waiting(), Beside("insurance_bridge.simulator", folder / "insurance") as running:
        for days in DAYS:
            began = clock.day_bounds(clock.today() - timedelta(days=days))[0] + MORNING
            today = [one for _number, one in zip(range(A_DAY), people, strict=False)]
            _day(cast, running, began, today, last=days == DAYS[-1])
            told += len(today)
        running.control("clock", offset=0)
        _ask_for_open_bills(cast)
    return told


@contextmanager
def _without_waiting() -> Iterator[None]:
    """No commit of these desks waits for the disk: four hundred of them would. The order of what is kept stays."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


def _day(cast: Cast, running: Beside, began: datetime, people: Sequence[Resident], *, last: bool) -> None:
    cashier = cast.one(Role.CASHIER, cast.head.pk)
    clerk = cast.one(Role.INSURANCE_CLERK, cast.head.pk)
    for turn, (moment, resident) in enumerate(zip(_moments(began), people, strict=False)):
        running.control("clock", offset=(moment - clock.present()).total_seconds())
        with moved_to(moment):
            _bill(cashier, resident, turn, paid=not (last and resident is people[-1]))
    with moved_to(began + timedelta(hours=9)):
        _close(cashier)
        if last and (settled := running.control("settlements")["settlements"]):
            running.control("plant", kind="amount", setl_id=settled[-1]["setl_id"], cents=SHORT)
        insurance.compare_day(by=clerk, day_date=clock.today())
        _exchange()
        day = selectors.day_page(by=clerk, day_date=clock.today()).day
    with moved_to(began + timedelta(days=1)):
        if day is not None and not last:
            insurance.close_day(by=clerk, day_id=day.pk, version=day.version)


def _moments(began: datetime) -> Iterator[datetime]:
    while True:
        yield began
        began += APART


def _bill(cashier: Actor, resident: Resident, turn: int, *, paid: bool) -> None:
    kind, lines = BILLS[turn % len(BILLS)]
    visit = insurance.open_visit(by=cashier, key="", patient_id=resident.id, kind=kind)
    for code, quantity in lines:
        insurance.add_fee(by=cashier, key="", visit_id=visit.pk, item_code=code, quantity=Decimal(quantity))
    insurance.check_eligibility(by=cashier, visit_id=visit.pk)
    _exchange()
    settlement = insurance.request_settlement(by=cashier, key="", visit_id=visit.pk)
    _exchange()
    if paid:
        version = selectors.settlement(by=cashier, settlement_id=settlement.pk).version
        method = (PaymentMethod.CASH, PaymentMethod.MOBILE)[turn % 2]
        insurance.take_payment(
            by=cashier, key="", settlement_id=settlement.pk, version=version, method=method
        )


def _close(cashier: Actor) -> None:
    shift = selectors.my_shift(by=cashier)
    if shift is not None:
        page = selectors.shift_page(by=cashier, shift_id=shift.pk)
        insurance.close_shift(
            by=cashier,
            key="",
            shift_id=shift.pk,
            version=shift.version,
            counted_cash=int(page.cash * 100),
            counted_mobile=int(page.mobile * 100),
        )


def _ask_for_open_bills(cast: Cast) -> None:
    """Whoever's bill lies open has been asked for at the centre: welfare identities show at the desks."""
    cashier = cast.one(Role.CASHIER, cast.head.pk)
    for row in selectors.desk(by=cashier, tab="open"):
        insurance.check_eligibility(by=cashier, visit_id=row.visit.pk)
    _exchange()


def _exchange() -> None:
    by = Actor.system("insurance_bridge")
    while insurance.advance_due(by=by):
        pass
