"""Reconciliation at the centre: 3201 totals, 3202 details, 9101/9102 files."""

import base64
import sqlite3
from collections.abc import Mapping
from typing import Any

from insurance_bridge.engine.money import cents, text
from insurance_bridge.engine.statement import ResultRow, UploadRow, pack, unpack, upload_rows
from insurance_bridge.simulator.store import next_number

Message = Mapping[str, Any]


def _rows(connection: sqlite3.Connection, envelope: Message, data: Message) -> list[sqlite3.Row]:
    return connection.execute(
        "SELECT * FROM settlement WHERE fixmedins = ? AND insutype = ? AND clr_type = ? AND day BETWEEN ? AND ?"
        " ORDER BY setl_id",
        (
            envelope["fixmedins_code"],
            data["insutype"],
            data["clr_type"],
            data["stmt_begndate"][:10],
            data["stmt_enddate"][:10],
        ),
    ).fetchall()


def totals(connection: sqlite3.Connection, envelope: Message) -> Message:
    """3201: only sums are compared, so exchanged amounts stay hidden."""
    data = envelope["input"]["data"]
    rows = _rows(connection, envelope, data)
    centre = (
        sum(row["total"] for row in rows),
        sum(row["fund"] for row in rows),
        sum(row["account"] for row in rows),
        len(rows),
    )
    theirs = (
        cents(data["medfee_sumamt"]),
        cents(data["fund_pay_sumamt"]),
        cents(data["acct_pay"]),
        int(data["fixmedins_setl_cnt"]),
    )
    if centre == theirs:
        result, words = "0", "平"
    elif centre[3] != theirs[3]:
        result, words = ("1", "中心多") if centre[3] > theirs[3] else ("2", "医药机构多")
    else:
        result, words = "3", "数据不一致"
    return {"stmtinfo": {"setl_optins": "990101", "stmt_rslt": result, "stmt_rslt_dscr": words}}


def upload(connection: sqlite3.Connection, envelope: Message) -> Message:
    """9101: a file arrives as base64 and gets a number."""
    data = envelope["input"]["fsUploadIn"]
    return {"fileinfo": _keep(connection, data["filename"], base64.b64decode(data["in"], validate=True))}


def _keep(connection: sqlite3.Connection, filename: str, content: bytes) -> Message:
    number = f"F{next_number(connection, 'file'):019d}"
    connection.execute("INSERT INTO file VALUES (?,?,?)", (number, filename, content))
    return {"file_qury_no": number, "filename": filename, "dld_endtime": ""}


def download(connection: sqlite3.Connection, envelope: Message) -> Message:
    """9102: the file by its number."""
    data = envelope["input"]["fsDownloadIn"]
    row = connection.execute("SELECT * FROM file WHERE file_qury_no = ?", (data["file_qury_no"],)).fetchone()
    if row is None:
        raise LookupError("未查询到文件")
    return {"filename": row["filename"], "content": base64.b64encode(row["content"]).decode()}


def details(connection: sqlite3.Connection, envelope: Message) -> Message:
    """3202: every settlement of both sides, compared one by one, as a result file."""
    data = envelope["input"]["data"]
    row = connection.execute(
        "SELECT content FROM file WHERE file_qury_no = ?", (data["file_qury_no"],)
    ).fetchone()
    if row is None:
        raise LookupError("未查询到文件")
    theirs = {each.setl_id: each for each in upload_rows(unpack(row["content"]))}
    ours = {each["setl_id"]: each for each in _rows(connection, envelope, data)}
    compared = [
        *(_centre_side(row, theirs.get(setl_id)) for setl_id, row in ours.items()),
        *(_institution_more(row) for setl_id, row in theirs.items() if setl_id not in ours),
    ]
    archive, count, digest = pack("result.txt", compared)
    kept = _keep(connection, "result.zip", archive)
    return {"fileinfo": {**kept, "row_count": count, "digest": digest}}


def _centre_side(row: sqlite3.Row, theirs: UploadRow | None) -> ResultRow:
    sums = (text(row["total"]), text(row["fund"]), text(row["account"]))
    equal = theirs is not None and sums == (
        theirs.medfee_sumamt,
        theirs.fund_pay_sumamt,
        theirs.acct_pay,
    )
    return ResultRow(
        psn_no=row["psn_no"],
        mdtrt_id=row["mdtrt_id"] if theirs else "",
        setl_id=row["setl_id"] if theirs else "",
        msgid=row["msgid"],
        stmt_rslt="1" if theirs is None else "0" if equal else "3",
        refd_setl_flag="1" if row["refunds"] else "0",
        memo="",
        medfee_sumamt=sums[0],
        fund_pay_sumamt=sums[1],
        acct_pay=sums[2],
    )


def _institution_more(row: UploadRow) -> ResultRow:
    return ResultRow(
        psn_no=row.psn_no,
        mdtrt_id=row.mdtrt_id,
        setl_id=row.setl_id,
        msgid="",
        stmt_rslt="2",
        refd_setl_flag=row.refd_setl_flag,
        memo="",
        medfee_sumamt=row.medfee_sumamt,
        fund_pay_sumamt=row.fund_pay_sumamt,
        acct_pay=row.acct_pay,
    )
