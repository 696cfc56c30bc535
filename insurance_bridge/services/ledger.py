"""Double-entry booking in integer cents: every event sums to zero, nothing is ever changed (I9, I10)."""

from insurance_bridge.choices import Account
from insurance_bridge.models import LedgerEntry, Settlement
from kernel import clock, ids


def book(settlement: Settlement, *, sign: int) -> None:
    """Book a settlement (sign 1) or its cancellation (sign -1): the hospital is owed what the payers owe."""
    parts = {
        Account.POOL: settlement.pool,
        Account.CRITICAL: settlement.critical,
        Account.ASSISTANCE: settlement.assistance,
        Account.OTHER: settlement.other,
        Account.PERSONAL: settlement.account,
        Account.CASH: settlement.cash,
        Account.HOSPITAL: -settlement.total,
    }
    event, now = ids.uuid7(), clock.now()
    LedgerEntry.objects.bulk_create(
        LedgerEntry(event=event, settlement=settlement, account=account, amount=sign * amount, booked_at=now)
        for account, amount in parts.items()
        if amount or account in (Account.CASH, Account.HOSPITAL)
    )
