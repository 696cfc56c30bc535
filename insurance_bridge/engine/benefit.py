"""What three funds pay for one stay (基本医保, 大病保险, 医疗救助), step by step and explained.

Order and rounding as in the rule set: half up to 0.01 at the named points only. The insurance centre's
figures bind; this is the estimate, the explanation and the cross-check.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from insurance_bridge.engine.money import yuan
from insurance_bridge.engine.rules import Identity, Insurance, RuleSet, valid_on

ZERO = Decimal(0)


class Route(StrEnum):
    """How the patient came: decides ratio points and assistance."""

    IN_COUNTY = "in_county"
    REFERRED_OUT = "referred_out"
    UNREFERRED = "unreferred"


@dataclass(frozen=True, slots=True)
class Line:
    """One fee line; price and limit in yuan, `self_pay_ratio` of a class B item as a fraction."""

    quantity: Decimal
    price: Decimal
    category: Literal["A", "B", "C"] = "A"
    self_pay_ratio: Decimal = ZERO
    price_limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """A line or a sum of lines: total = full_self_pay + over_limit + first_self_pay + in_scope."""

    total: Decimal = ZERO
    full_self_pay: Decimal = ZERO  # 全自费
    over_limit: Decimal = ZERO  # 超限价自费
    first_self_pay: Decimal = ZERO  # 先行自付
    in_scope: Decimal = ZERO  # 符合政策范围金额

    def __add__(self, other: "Split") -> "Split":
        return Split(
            self.total + other.total,
            self.full_self_pay + other.full_self_pay,
            self.over_limit + other.over_limit,
            self.first_self_pay + other.first_self_pay,
            self.in_scope + other.in_scope,
        )


@dataclass(frozen=True, slots=True)
class YearToDate:
    """What the year has brought before this stay, in yuan."""

    stays: int = 0
    pool: Decimal = ZERO
    burden: Decimal = ZERO
    assisted_base: Mapping[Identity, Decimal] = field(default_factory=dict)
    remainder: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay to be settled. `identities` are those valid on the discharge date."""

    insurance: Insurance
    level: int
    discharge: date
    route: Route = Route.IN_COUNTY
    identities: tuple[Identity, ...] = ()
    year: YearToDate = field(default_factory=YearToDate)
    episode_deductible: Decimal | None = None
    """Deductible already paid in the linked referral episode; None when no leg is linked."""
    down_leg: bool = False
    account_balance: Decimal = ZERO
    use_account: bool = False


@dataclass(frozen=True, slots=True)
class Benefit:
    """The settlement in yuan, in the order of the slip; total = fund + account + cash."""

    split: Split
    rules: str
    deductible: Decimal  # 起付标准
    pool: Decimal  # 统筹基金支出 hifp_pay
    critical: Decimal  # 大病保险支出 hifmi_pay
    assistance: Decimal  # 医疗救助支出 maf_pay
    other: Decimal  # 其他支出 oth_pay
    account: Decimal  # 个人账户支付
    cash: Decimal  # 现金支付
    identity: Identity | None
    year: YearToDate

    @property
    def fund(self) -> Decimal:
        return self.pool + self.critical + self.assistance + self.other

    @property
    def person(self) -> Decimal:
        return self.account + self.cash


def split_line(line: Line) -> Split:
    """Class C: all own money. Over the limit: own. Class B: its share first. The rest is in scope."""
    total = yuan(line.quantity * line.price)
    if line.category == "C":
        return Split(total=total, full_self_pay=total)
    over = ZERO
    if line.price_limit is not None and line.price > line.price_limit:
        over = yuan(line.quantity * (line.price - line.price_limit))
    first = yuan((total - over) * line.self_pay_ratio) if line.category == "B" else ZERO
    return Split(total, ZERO, over, first, total - over - first)


def split_lines(lines: Iterable[Line]) -> Split:
    return sum((split_line(line) for line in lines), Split())


def settle(stay: Stay, lines: Sequence[Line]) -> Benefit:
    """Each tier pays f(before + now) - f(before) with the parameters of this stay."""
    rules = valid_on(stay.discharge)
    identity = next((each for each in Identity if each in stay.identities), None)
    split = split_lines(lines)
    deductible = min(_deductible(rules, stay, identity), split.in_scope)
    pool = _pool(rules, stay, split.in_scope - deductible)
    burden = split.in_scope - pool
    critical = _critical(rules, stay, identity, burden)
    left = burden - critical
    assistance, other, year = _assist(rules, stay, identity, left)
    person = split.total - pool - critical - assistance - other
    account = min(stay.account_balance, person) if stay.use_account else ZERO
    return Benefit(
        split=split,
        rules=rules.version,
        deductible=deductible,
        pool=pool,
        critical=critical,
        assistance=assistance,
        other=other,
        account=account,
        cash=person - account,
        identity=identity,
        year=YearToDate(
            stays=stay.year.stays + 1,
            pool=stay.year.pool + pool,
            burden=stay.year.burden + burden,
            assisted_base=year.assisted_base,
            remainder=year.remainder,
        ),
    )


def _deductible(rules: RuleSet, stay: Stay, identity: Identity | None) -> Decimal:
    if stay.down_leg or (identity in rules.no_deductible and stay.route is Route.IN_COUNTY):
        return ZERO
    asked = rules.deductible[stay.insurance][stay.level]
    if stay.episode_deductible is not None:
        return max(ZERO, asked - stay.episode_deductible)
    return asked * rules.further_stay_factor if stay.year.stays else asked


def _pool(rules: RuleSet, stay: Stay, base: Decimal) -> Decimal:
    points = {
        Route.IN_COUNTY: ZERO,
        Route.REFERRED_OUT: rules.referred_out_points,
        Route.UNREFERRED: rules.unreferred_points,
    }
    ratio = rules.ratio[stay.insurance][stay.level] + points[stay.route]
    room = max(ZERO, rules.year_cap[stay.insurance] - stay.year.pool)
    return min(yuan(base * ratio), room)


def _critical(rules: RuleSet, stay: Stay, identity: Identity | None, burden: Decimal) -> Decimal:
    if stay.insurance is not Insurance.RESIDENT:
        return ZERO
    tilted = identity in rules.tilted
    threshold = rules.critical_threshold * (rules.tilt_threshold_factor if tilted else 1)
    points = rules.tilt_points if tilted else ZERO

    def paid(cumulative: Decimal) -> Decimal:
        above, done, sum_ = max(ZERO, cumulative - threshold), ZERO, ZERO
        for top, ratio in rules.critical_tiers:
            part = above - done if top is None else max(ZERO, min(above, top) - done)
            sum_ += part * (ratio + points)
            done += part
        return sum_ if tilted else min(sum_, rules.critical_cap)

    return yuan(paid(stay.year.burden + burden) - paid(stay.year.burden))


def _assist(
    rules: RuleSet, stay: Stay, identity: Identity | None, left: Decimal
) -> tuple[Decimal, Decimal, YearToDate]:
    """Assistance, then the tilt on what is still left in the year: only for the assisted, never unreferred."""
    terms = rules.assistance.get(identity) if identity else None
    if identity is None or terms is None or stay.route is Route.UNREFERRED:
        return ZERO, ZERO, stay.year
    before = stay.year.assisted_base.get(identity, ZERO)

    def paid(base: Decimal) -> Decimal:
        return min(max(ZERO, base - terms.floor) * terms.ratio, terms.cap)

    assistance = yuan(paid(before + left) - paid(before))
    rest = left - assistance

    def tilt(remainder: Decimal) -> Decimal:
        return min(max(ZERO, remainder - rules.remainder_floor) * rules.remainder_ratio, rules.remainder_cap)

    other = yuan(tilt(stay.year.remainder + rest) - tilt(stay.year.remainder))
    year = YearToDate(
        assisted_base={**stay.year.assisted_base, identity: before + left},
        remainder=stay.year.remainder + rest,
    )
    return assistance, other, year
