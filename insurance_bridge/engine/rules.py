"""The rule set DEMO-COUNTY of the three tiers: every number is data and has a period of validity."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Insurance(StrEnum):
    """insutype of the interface."""

    EMPLOYEE = "310"
    RESIDENT = "390"


class Identity(StrEnum):
    """Welfare identities (psn_idet_type), in the order in which the first valid one counts."""

    EXTREME_POVERTY = "7131"  # 特困
    ORPHAN = "7041"  # 孤儿
    MINIMUM_LIVING = "7019"  # 低保
    RETURNED_TO_POVERTY = "7202"  # 返贫致贫
    UNSTABLE = "7203"  # 脱贫不稳定 (监测对象)
    EDGE = "7204"  # 边缘易致贫 (监测对象)
    SUDDEN_HARDSHIP = "7205"  # 突发严重困难 (监测对象)
    MARGINAL = "7201"  # 低保边缘
    ILLNESS_POVERTY = "7110"  # 因病致贫: by application only


@dataclass(frozen=True, slots=True)
class Assistance:
    """Medical assistance (医疗救助) of one identity; yearly `floor` and `cap` in yuan."""

    ratio: Decimal
    cap: Decimal
    floor: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All numbers valid from `since` on; amounts in yuan, ratios as fractions."""

    version: str
    since: date
    deductible: Mapping[Insurance, Mapping[int, Decimal]]
    ratio: Mapping[Insurance, Mapping[int, Decimal]]
    year_cap: Mapping[Insurance, Decimal]
    assistance: Mapping[Identity, Assistance]
    critical_threshold: Decimal = Decimal(12000)
    critical_tiers: tuple[tuple[Decimal | None, Decimal], ...] = (
        (Decimal(30000), Decimal("0.60")),
        (Decimal(100000), Decimal("0.65")),
        (None, Decimal("0.75")),
    )
    critical_cap: Decimal = Decimal(300000)
    referred_out_points: Decimal = Decimal("-0.05")
    unreferred_points: Decimal = Decimal("-0.15")
    further_stay_factor: Decimal = Decimal("0.5")
    tilted: frozenset[Identity] = frozenset(
        {
            Identity.EXTREME_POVERTY,
            Identity.ORPHAN,
            Identity.MINIMUM_LIVING,
            Identity.RETURNED_TO_POVERTY,
        }
    )
    tilt_threshold_factor: Decimal = Decimal("0.5")
    tilt_points: Decimal = Decimal("0.05")
    no_deductible: frozenset[Identity] = frozenset({Identity.EXTREME_POVERTY, Identity.ORPHAN})
    remainder_floor: Decimal = Decimal(6000)
    remainder_ratio: Decimal = Decimal("0.5")
    remainder_cap: Decimal = Decimal(10000)


def _levels(first: str, second: str, third: str) -> dict[int, Decimal]:
    return {1: Decimal(first), 2: Decimal(second), 3: Decimal(third)}


_WATCHED: Final = Assistance(Decimal("0.60"), Decimal(20000), Decimal(2000))

VERSION_1: Final = RuleSet(
    version="DEMO-COUNTY/1",
    since=date(2020, 1, 1),
    deductible={
        Insurance.RESIDENT: _levels("100", "400", "1000"),
        Insurance.EMPLOYEE: _levels("200", "450", "750"),
    },
    ratio={
        Insurance.RESIDENT: _levels("0.90", "0.75", "0.60"),
        Insurance.EMPLOYEE: _levels("0.92", "0.88", "0.84"),
    },
    year_cap={Insurance.RESIDENT: Decimal(150000), Insurance.EMPLOYEE: Decimal(300000)},
    assistance={
        Identity.EXTREME_POVERTY: Assistance(Decimal(1), Decimal(50000)),
        Identity.ORPHAN: Assistance(Decimal(1), Decimal(50000)),
        Identity.MINIMUM_LIVING: Assistance(Decimal("0.75"), Decimal(30000)),
        Identity.RETURNED_TO_POVERTY: Assistance(Decimal("0.70"), Decimal(30000)),
        Identity.UNSTABLE: _WATCHED,
        Identity.EDGE: _WATCHED,
        Identity.SUDDEN_HARDSHIP: _WATCHED,
        Identity.MARGINAL: _WATCHED,
    },
)

VERSION_2: Final = replace(
    VERSION_1,
    version="DEMO-COUNTY/2",
    since=date(2026, 1, 1),
    ratio={**VERSION_1.ratio, Insurance.RESIDENT: _levels("0.90", "0.77", "0.60")},
    critical_threshold=Decimal(12600),
    assistance={
        **VERSION_1.assistance,
        Identity.MINIMUM_LIVING: Assistance(Decimal("0.80"), Decimal(30000)),
    },
)

VERSIONS: Final = (VERSION_2, VERSION_1)


def valid_on(day: date) -> RuleSet:
    """The rule set of a discharge date. ValueError before the first one."""
    for rules in VERSIONS:
        if rules.since <= day:
            return rules
    raise ValueError(f"no rule set for {day}")
