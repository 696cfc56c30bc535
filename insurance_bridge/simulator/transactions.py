"""The transactions of the interface, each a function of the ledger and the request's envelope."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from insurance_bridge.engine.money import cents, text
from insurance_bridge.simulator import benefits, statements
from insurance_bridge.simulator.store import INSERT_SETTLEMENT, next_number, now


class RefusalError(Exception):
    """infcode -1 with this err_msg."""


Message = Mapping[str, Any]


PERSON = {
    "psn_no": "SELECT * FROM person WHERE psn_no = ?",
    "certno": "SELECT * FROM person WHERE certno = ?",
}


def _person(connection: sqlite3.Connection, column: str, value: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(PERSON[column], (value,)).fetchone()
    if row is None:
        raise RefusalError("未查询到参保信息")
    return row


def person(connection: sqlite3.Connection, envelope: Message) -> Message:
    """1101: who this is, how insured, which welfare identities with their periods."""
    data = envelope["input"]["data"]
    row = _person(connection, "certno", data["certno"] or data["mdtrt_cert_no"])
    if data.get("psn_name") and data["psn_name"] != row["name"]:
        raise RefusalError("证件号码与姓名不一致")
    return {
        "baseinfo": {
            "psn_no": row["psn_no"],
            "certno": row["certno"],
            "psn_name": row["name"],
            "gend": row["gend"],
            "brdy": row["brdy"],
        },
        "insuinfo": [
            {
                "balc": text(row["balance"]),
                "insutype": row["insutype"],
                "psn_type": row["psn_type"],
                "psn_insu_stas": "1",
                "insuplc_admdvs": "990101",
            }
        ],
        "idetinfo": json.loads(row["identities"]),
    }


def open_visit(connection: sqlite3.Connection, envelope: Message) -> Message:
    """2201 / 2401: a visit begins and gets the centre's number."""
    data = envelope["input"]["data"]
    _person(connection, "psn_no", data["psn_no"])
    mdtrt_id = f"M{next_number(connection, 'visit'):019d}"
    connection.execute(
        "INSERT INTO visit VALUES (?,?,?,?,?,?,?)",
        (
            mdtrt_id,
            data["psn_no"],
            envelope["fixmedins_code"],
            int(data["level"]),
            data["med_type"],
            data["begntime"],
            data.get("route", "in_county"),
        ),
    )
    return {"mdtrt_id": mdtrt_id}


def _visit(connection: sqlite3.Connection, envelope: Message, data: Message) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM visit WHERE mdtrt_id = ? AND fixmedins = ?",
        (data["mdtrt_id"], envelope["fixmedins_code"]),
    ).fetchone()
    if row is None or row["psn_no"] != data["psn_no"]:
        raise RefusalError("未查询到就诊信息")
    return row


def add_fees(connection: sqlite3.Connection, envelope: Message) -> Message:
    """2204 / 2301: fee lines of a visit; sending a line again replaces it."""
    lines = envelope["input"]["feedetail"]
    for line in lines:
        _visit(connection, envelope, line)
        connection.execute(
            "INSERT OR REPLACE INTO fee VALUES (?,?,?,?,?,?,?)",
            (
                line["mdtrt_id"],
                line["feedetl_sn"],
                line["cnt"],
                line["pric"],
                line["chrgitm_lv"],
                line["selfpay_prop"],
                line.get("pric_uplmt_amt") or None,
            ),
        )
    return {"result": [{"feedetl_sn": line["feedetl_sn"]} for line in lines]}


def pre_settle(connection: sqlite3.Connection, envelope: Message) -> Message:
    """2206 / 2303: what a settlement would bring; nothing is written."""
    data = envelope["input"]["data"]
    visit = _visit(connection, envelope, data)
    benefit = benefits.compute(connection, visit, now(connection), use_account=data["acct_used_flag"] == "1")
    return {"setlinfo": benefits.info_of(benefit)}


def settle(connection: sqlite3.Connection, envelope: Message) -> Message:
    """2207 / 2304: the binding settlement. Not idempotent: a second request settles a second time."""
    data, at = envelope["input"]["data"], now(connection)
    visit = _visit(connection, envelope, data)
    info = benefits.info_of(
        benefits.compute(connection, visit, at, use_account=data["acct_used_flag"] == "1")
    )
    if info["medfee_sumamt"] != data["medfee_sumamt"]:
        raise RefusalError(f"医疗费总额不符: {info['medfee_sumamt']}")
    insured = _person(connection, "psn_no", visit["psn_no"])
    setl_id = f"S{next_number(connection, 'settlement'):019d}"
    _write(
        connection,
        setl_id=setl_id,
        visit=visit,
        envelope=envelope,
        chrg_bchno=data["chrg_bchno"],
        insutype=insured["insutype"],
        info=info,
        refunds=None,
    )
    told = {**_found(_kept(connection, setl_id)), "psn_name": insured["name"], "med_type": visit["med_type"]}
    return {"setlinfo": told, "setldetail": _details(info)}


def _write(
    connection: sqlite3.Connection,
    *,
    setl_id: str,
    visit: sqlite3.Row,
    envelope: Message,
    chrg_bchno: str,
    insutype: str,
    info: dict[str, str],
    refunds: str | None,
) -> None:
    at = now(connection)
    sign = -1 if refunds else 1
    total, fund, account, cash = (sign * part for part in benefits.sums(info))
    clr_type = "21" if visit["med_type"].startswith("2") else "11"
    connection.execute(
        INSERT_SETTLEMENT,
        (
            setl_id,
            visit["mdtrt_id"],
            visit["psn_no"],
            visit["fixmedins"],
            envelope["msgid"],
            chrg_bchno,
            insutype,
            clr_type,
            f"{at:%Y-%m-%d}",
            at.isoformat(),
            total,
            fund,
            account,
            cash,
            json.dumps(info),
            refunds,
            1,
        ),
    )
    connection.execute("UPDATE person SET balance = balance - ? WHERE psn_no = ?", (account, visit["psn_no"]))


def _kept(connection: sqlite3.Connection, setl_id: str) -> sqlite3.Row:
    row: sqlite3.Row = connection.execute("SELECT * FROM settlement WHERE setl_id = ?", (setl_id,)).fetchone()
    return row


def _details(info: dict[str, str]) -> list[Message]:
    funds = (
        ("390100", "城乡居民基本医疗保险", "hifp_pay"),
        ("390200", "城乡居民大病医疗保险", "hifmi_pay"),
        ("610100", "医疗救助", "maf_pay"),
        ("999999", "其他", "oth_pay"),
    )
    return [
        {"fund_pay_type": code, "fund_pay_type_name": name, "fund_payamt": info[key]}
        for code, name, key in funds
        if cents(info[key])
    ]


def cancel(connection: sqlite3.Connection, envelope: Message) -> Message:
    """2208 / 2305: a settlement with negative sense beside the original."""
    data = envelope["input"]["data"]
    row = connection.execute(
        "SELECT * FROM settlement WHERE setl_id = ? AND mdtrt_id = ? AND fixmedins = ? AND standing = 1"
        " AND refunds IS NULL",
        (data["setl_id"], data["mdtrt_id"], envelope["fixmedins_code"]),
    ).fetchone()
    if row is None:
        raise RefusalError("未查询到结算信息或已撤销")
    visit = _visit(connection, envelope, data)
    setl_id = f"S{next_number(connection, 'settlement'):019d}"
    connection.execute("UPDATE settlement SET standing = 0 WHERE setl_id = ?", (row["setl_id"],))
    _write(
        connection,
        setl_id=setl_id,
        visit=visit,
        envelope=envelope,
        chrg_bchno=row["chrg_bchno"],
        insutype=row["insutype"],
        info=json.loads(row["info"]),
        refunds=row["setl_id"],
    )
    told = _found(_kept(connection, setl_id))
    return {"setlinfo": {key: told[key] for key in ("setl_id", "mdtrt_id", "setl_time", "medins_setl_id")}}


def reverse(connection: sqlite3.Connection, envelope: Message) -> None:
    """2601: the effect of an earlier message is taken back; there is no output node."""
    data = envelope["input"]["data"]
    rows = connection.execute(
        "SELECT * FROM settlement WHERE msgid = ? AND standing = 1", (data["omsgid"],)
    ).fetchall()
    if not rows:
        raise RefusalError("未查询到原交易或已冲正")
    for row in rows:
        connection.execute("DELETE FROM settlement WHERE setl_id = ?", (row["setl_id"],))
        if row["refunds"]:
            connection.execute("UPDATE settlement SET standing = 1 WHERE setl_id = ?", (row["refunds"],))
        connection.execute(
            "UPDATE person SET balance = balance + ? WHERE psn_no = ?", (row["account"], row["psn_no"])
        )


def find_settlements(connection: sqlite3.Connection, envelope: Message) -> Message:
    """5203: the settlements of a visit, each with the sender's msgid."""
    data = envelope["input"]["data"]
    rows = connection.execute(
        "SELECT * FROM settlement WHERE psn_no = ? AND fixmedins = ? AND mdtrt_id = ? ORDER BY setl_id",
        (data["psn_no"], envelope["fixmedins_code"], data["mdtrt_id"]),
    )
    return {"setlinfo": [_found(row) for row in rows]}


def _found(row: sqlite3.Row) -> Message:
    info = json.loads(row["info"])
    return {
        **{key: info[key] for key in info if key not in {"assisted_base", "remainder"}},
        "setl_id": row["setl_id"],
        "mdtrt_id": row["mdtrt_id"],
        "psn_no": row["psn_no"],
        "insutype": row["insutype"],
        "clr_type": row["clr_type"],
        "setl_time": f"{datetime.fromisoformat(row['at']):%Y-%m-%d %H:%M:%S}",
        "medins_setl_id": row["msgid"],
        "refd_setl_flag": "1" if row["refunds"] else "0",
    }


TRANSACTIONS: Final[Mapping[str, Callable[[sqlite3.Connection, Message], Message | None]]] = {
    "1101": person,
    "2201": open_visit,
    "2401": open_visit,
    "2204": add_fees,
    "2301": add_fees,
    "2206": pre_settle,
    "2303": pre_settle,
    "2207": settle,
    "2304": settle,
    "2208": cancel,
    "2305": cancel,
    "2601": reverse,
    "3201": statements.totals,
    "3202": statements.details,
    "5203": find_settlements,
    "9101": statements.upload,
    "9102": statements.download,
}
