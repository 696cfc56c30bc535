"""From the centre's rows to a settlement: the year so far is replayed, nothing is carried in a sum."""

import json
import sqlite3
from datetime import date, datetime
from decimal import Decimal

from insurance_bridge.engine.benefit import Benefit, Line, Route, Stay, YearToDate, settle
from insurance_bridge.engine.money import cents
from insurance_bridge.engine.rules import Identity, Insurance


def lines_of(connection: sqlite3.Connection, mdtrt_id: str) -> list[Line]:
    rows = connection.execute("SELECT * FROM fee WHERE mdtrt_id = ? ORDER BY feedetl_sn", (mdtrt_id,))
    return [
        Line(
            quantity=Decimal(row["cnt"]),
            price=Decimal(row["pric"]),
            category=row["lv"],
            self_pay_ratio=Decimal(row["selfpay_prop"]),
            price_limit=Decimal(row["uplmt"]) if row["uplmt"] else None,
        )
        for row in rows
    ]


def identities_on(person: sqlite3.Row, day: date) -> tuple[Identity, ...]:
    """Welfare identities valid on `day`, both bounds inclusive."""
    known = {each.value for each in Identity}
    return tuple(
        Identity(entry["psn_idet_type"])
        for entry in json.loads(person["identities"])
        if entry["psn_idet_type"] in known
        and entry["begntime"][:10] <= day.isoformat() <= (entry.get("endtime") or "9999-12-31")[:10]
    )


def compute(
    connection: sqlite3.Connection, visit: sqlite3.Row, at: datetime, *, use_account: bool
) -> Benefit:
    """The benefit of a visit settled at `at`."""
    person = connection.execute("SELECT * FROM person WHERE psn_no = ?", (visit["psn_no"],)).fetchone()
    stay = Stay(
        insurance=Insurance(person["insutype"]),
        level=visit["level"],
        discharge=at.date(),
        route=Route(visit["route"]),
        identities=identities_on(person, at.date()),
        year=_year_so_far(connection, visit, at),
        account_balance=Decimal(person["balance"]) / 100,
        use_account=use_account,
    )
    return settle(stay, lines_of(connection, visit["mdtrt_id"]))


def _year_so_far(connection: sqlite3.Connection, visit: sqlite3.Row, at: datetime) -> YearToDate:
    rows = connection.execute(
        "SELECT info FROM settlement WHERE psn_no = ? AND standing = 1 AND refunds IS NULL AND day >= ?"
        " AND mdtrt_id <> ? ORDER BY setl_id",
        (visit["psn_no"], f"{at:%Y}-01-01", visit["mdtrt_id"]),
    )
    year = YearToDate()
    for row in rows:
        year = _plus(year, json.loads(row["info"]))
    return year


def _plus(year: YearToDate, info: dict[str, str]) -> YearToDate:
    assisted = dict(year.assisted_base)
    if info["identity"]:
        identity = Identity(info["identity"])
        assisted[identity] = assisted.get(identity, Decimal(0)) + Decimal(info["assisted_base"])
    return YearToDate(
        stays=year.stays + 1,
        pool=year.pool + Decimal(info["hifp_pay"]),
        burden=year.burden + Decimal(info["inscp_scp_amt"]) - Decimal(info["hifp_pay"]),
        assisted_base=assisted,
        remainder=year.remainder + Decimal(info["remainder"]),
    )


def info_of(benefit: Benefit) -> dict[str, str]:
    """The setlinfo amounts of the interface, and what the replay of the year needs."""
    assisted = benefit.assistance > 0 or benefit.other > 0
    base = benefit.split.in_scope - benefit.pool - benefit.critical
    return {
        "medfee_sumamt": f"{benefit.split.total:.2f}",
        "fulamt_ownpay_amt": f"{benefit.split.full_self_pay:.2f}",
        "overlmt_selfpay": f"{benefit.split.over_limit:.2f}",
        "preselfpay_amt": f"{benefit.split.first_self_pay:.2f}",
        "inscp_scp_amt": f"{benefit.split.in_scope:.2f}",
        "act_pay_dedc": f"{benefit.deductible:.2f}",
        "hifp_pay": f"{benefit.pool:.2f}",
        "cvlserv_pay": "0.00",
        "hifmi_pay": f"{benefit.critical:.2f}",
        "hifob_pay": "0.00",
        "maf_pay": f"{benefit.assistance:.2f}",
        "oth_pay": f"{benefit.other:.2f}",
        "fund_pay_sumamt": f"{benefit.fund:.2f}",
        "psn_part_amt": f"{benefit.person:.2f}",
        "acct_pay": f"{benefit.account:.2f}",
        "psn_cash_pay": f"{benefit.cash:.2f}",
        "rules": benefit.rules,
        "identity": benefit.identity.value if benefit.identity and assisted else "",
        "assisted_base": f"{base:.2f}" if assisted else "0",
        "remainder": f"{base - benefit.assistance:.2f}" if assisted else "0",
    }


def sums(info: dict[str, str]) -> tuple[int, int, int, int]:
    """Total, fund, account and cash of a settlement in cents."""
    total, fund = cents(info["medfee_sumamt"]), cents(info["fund_pay_sumamt"])
    return total, fund, cents(info["acct_pay"]), cents(info["psn_cash_pay"])
