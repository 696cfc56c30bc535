"""Yuan as Decimal at the border, integer cents (分) inside."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")


def yuan(value: Decimal) -> Decimal:
    """Rounded half up to 0.01, the only rounding of the rule set."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def cents(value: Decimal | str) -> int:
    """Integer cents of an amount in yuan; more than two decimals are a ValueError."""
    amount = Decimal(value) * 100
    if amount != amount.to_integral_value():
        raise ValueError(f"not whole cents: {value}")
    return int(amount)


def text(amount: int) -> str:
    """Cents as the interface writes them: '10120.01'."""
    return f"{Decimal(amount) / 100:.2f}"
