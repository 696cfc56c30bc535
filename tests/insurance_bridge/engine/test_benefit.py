"""The worked examples of the rule set DEMO-COUNTY, cent by cent."""

from datetime import date
from decimal import Decimal

import pytest

from insurance_bridge.engine.benefit import Benefit, Line, Route, Stay, YearToDate, settle, split_lines
from insurance_bridge.engine.rules import Identity, Insurance, valid_on

LONG = (
    Line(Decimal(1), Decimal("8000.00")),
    Line(Decimal(3), Decimal("333.335"), "B", Decimal("0.15")),
    Line(Decimal(1), Decimal("120.00"), "C"),
    Line(Decimal(2), Decimal("500.00"), "A", price_limit=Decimal("400.00")),
)
IN_2025 = date(2025, 6, 30)
RESIDENT, EMPLOYEE = Insurance.RESIDENT, Insurance.EMPLOYEE
LOW, POOREST = Identity.MINIMUM_LIVING, Identity.EXTREME_POVERTY


def plain(amount: str) -> tuple[Line, ...]:
    return (Line(Decimal(1), Decimal(amount)),)


def after(stay: Stay, lines: tuple[Line, ...]) -> YearToDate:
    return settle(stay, lines).year


def figures(benefit: Benefit) -> tuple[str, ...]:
    return tuple(
        f"{value:.2f}"
        for value in (
            benefit.split.in_scope,
            benefit.deductible,
            benefit.pool,
            benefit.critical,
            benefit.assistance,
            benefit.other,
            benefit.person,
        )
    )


E3A = Stay(RESIDENT, 2, IN_2025, identities=(LOW,))
E8A = Stay(RESIDENT, 2, IN_2025)

EXAMPLES = {
    "E1": (
        Stay(RESIDENT, 2, IN_2025),
        LONG,
        ("9650.01", "400.00", "6937.51", "0.00", "0.00", "0.00", "3182.50"),
    ),
    "E2": (
        Stay(RESIDENT, 2, IN_2025, identities=(LOW,)),
        LONG,
        ("9650.01", "400.00", "6937.51", "0.00", "2034.38", "0.00", "1148.12"),
    ),
    "E3a": (
        E3A,
        plain("60000.00"),
        ("60000.00", "400.00", "44700.00", "6045.00", "6941.25", "0.00", "2313.75"),
    ),
    "E3b": (
        Stay(RESIDENT, 2, IN_2025, identities=(LOW,), year=after(E3A, plain("60000.00"))),
        plain("30000.01"),
        ("30000.01", "200.00", "22350.01", "4972.50", "2008.13", "0.00", "669.37"),
    ),
    "E4": (
        Stay(RESIDENT, 1, IN_2025, identities=(POOREST,)),
        plain("20000.00"),
        ("20000.00", "0.00", "18000.00", "0.00", "2000.00", "0.00", "0.00"),
    ),
    "E5": (
        Stay(RESIDENT, 3, IN_2025, Route.REFERRED_OUT, (Identity.UNSTABLE,)),
        plain("50000.00"),
        ("50000.00", "1000.00", "26950.00", "6630.00", "8652.00", "884.00", "6884.00"),
    ),
    "E6": (
        Stay(RESIDENT, 2, IN_2025),
        plain("20000.00"),
        ("20000.00", "400.00", "14700.00", "0.00", "0.00", "0.00", "5300.00"),
    ),
    "E7": (
        Stay(EMPLOYEE, 2, IN_2025, account_balance=Decimal("250.00"), use_account=True),
        plain("3000.00"),
        ("3000.00", "450.00", "2244.00", "0.00", "0.00", "0.00", "756.00"),
    ),
    "E8b": (
        Stay(
            RESIDENT,
            2,
            IN_2025,
            identities=(Identity.RETURNED_TO_POVERTY,),
            year=after(E8A, plain("60000.00")),
        ),
        plain("30000.00"),
        ("30000.00", "200.00", "22350.00", "4972.50", "1874.25", "0.00", "803.25"),
    ),
    "E9": (
        Stay(RESIDENT, 3, IN_2025, Route.UNREFERRED, (LOW,)),
        plain("20000.00"),
        ("20000.00", "1000.00", "8550.00", "3542.50", "0.00", "0.00", "7907.50"),
    ),
    "E10": (
        Stay(RESIDENT, 2, date(2026, 1, 3), identities=(LOW,)),
        LONG,
        ("9650.01", "400.00", "7122.51", "0.00", "2022.00", "0.00", "975.50"),
    ),
    "E11": (
        Stay(RESIDENT, 2, IN_2025, episode_deductible=Decimal(100), year=YearToDate(stays=1)),
        LONG,
        ("9650.01", "300.00", "7012.51", "0.00", "0.00", "0.00", "3107.50"),
    ),
    "E12": (
        Stay(RESIDENT, 1, IN_2025, down_leg=True, year=YearToDate(stays=1)),
        plain("3000.00"),
        ("3000.00", "0.00", "2700.00", "0.00", "0.00", "0.00", "300.00"),
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_worked_example(name: str) -> None:
    stay, lines, expected = EXAMPLES[name]
    assert figures(settle(stay, lines)) == expected


def test_employee_pays_from_the_account_before_cash() -> None:
    stay, lines, _ = EXAMPLES["E7"]
    benefit = settle(stay, lines)
    assert (benefit.account, benefit.cash) == (Decimal("250.00"), Decimal("506.00"))


def test_the_parts_make_the_whole() -> None:
    for stay, lines, _ in EXAMPLES.values():
        benefit = settle(stay, lines)
        split = benefit.split
        assert split.total == benefit.fund + benefit.account + benefit.cash
        assert split.total == split.full_self_pay + split.over_limit + split.first_self_pay + split.in_scope


def test_lines_are_rounded_one_by_one() -> None:
    assert split_lines(LONG).total == Decimal("10120.01")


def test_no_rule_set_before_the_first() -> None:
    with pytest.raises(ValueError, match="no rule set"):
        valid_on(date(2019, 12, 31))
