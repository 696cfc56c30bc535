"""The control side of the simulator: insure people, plant differences and faults, look at the ledger."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, Final

from insurance_bridge.simulator.store import INSERT_SETTLEMENT, add_person, next_number, now

Body = Mapping[str, Any]


def persons(connection: sqlite3.Connection, body: Body) -> Any:
    """{"persons": [{certno, name, insutype, balance (cents), identities: [{psn_idet_type, begntime, endtime}]}]}"""
    return {"psn_no": [add_person(connection, person) for person in body["persons"]]}


def fault(connection: sqlite3.Connection, body: Body) -> Any:
    """{"infno", "kind", "times", "seconds"}; kinds: see `server.FAULTS`."""
    connection.execute(
        "INSERT INTO fault (infno, kind, remaining, seconds) VALUES (?,?,?,?)",
        (body["infno"], body["kind"], int(body.get("times", 1)), float(body.get("seconds", 0))),
    )
    return {}


def clock(connection: sqlite3.Connection, body: Body) -> Any:
    """{"offset": seconds}: the centre's clock goes wrong, or a test lives on another day."""
    connection.execute("INSERT OR REPLACE INTO clock VALUES (1, ?)", (float(body["offset"]),))
    return {"now": now(connection).isoformat()}


def plant(connection: sqlite3.Connection, body: Body) -> Any:
    """Make a difference of {"kind"}: `amount` (changes {"setl_id"} by {"cents"}), `missing` (drops
    {"setl_id"} at the centre), `extra` (the centre has a copy of {"setl_id"} the institution never saw), `grouping`
    (the centre counts {"setl_id"} under {"clr_type"})."""
    setl_id = body["setl_id"]
    if body["kind"] == "amount":
        connection.execute(
            "UPDATE settlement SET fund = fund + ?, total = total + ? WHERE setl_id = ?",
            (int(body["cents"]), int(body["cents"]), setl_id),
        )
        return {"setl_id": setl_id}
    if body["kind"] == "missing":
        connection.execute("DELETE FROM settlement WHERE setl_id = ?", (setl_id,))
        return {"setl_id": setl_id}
    if body["kind"] == "grouping":
        connection.execute(
            "UPDATE settlement SET clr_type = ? WHERE setl_id = ?", (body["clr_type"], setl_id)
        )
        return {"setl_id": setl_id}
    return _extra(connection, setl_id)


def _extra(connection: sqlite3.Connection, setl_id: str) -> Any:
    row = connection.execute("SELECT * FROM settlement WHERE setl_id = ?", (setl_id,)).fetchone()
    copy = dict(row)
    copy["setl_id"] = f"S{next_number(connection, 'settlement'):019d}"
    copy["msgid"] = copy["msgid"][:-4] + "X" + copy["msgid"][-3:]
    connection.execute(INSERT_SETTLEMENT, tuple(copy.values()))
    return {"setl_id": copy["setl_id"], "msgid": copy["msgid"]}


def settlements(connection: sqlite3.Connection, body: Body) -> Any:
    """All settlements of {"day"} (or all), oldest first."""
    rows = connection.execute(
        "SELECT * FROM settlement WHERE ? = '' OR day = ? ORDER BY at, setl_id",
        (body.get("day", ""), body.get("day", "")),
    )
    return {"settlements": [{**dict(row), "info": json.loads(row["info"])} for row in rows]}


CONTROLS: Final[Mapping[str, Callable[[sqlite3.Connection, Body], Any]]] = {
    "persons": persons,
    "fault": fault,
    "clock": clock,
    "plant": plant,
    "settlements": settlements,
}
