"""The message envelope of the national insurance interface (定点医药机构接口) and the reading of its replies."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

VERSION: Final = "V1.0"
ACCEPTED: Final = {0, "0"}
REFUSED: Final = {-1, "-1"}
REFUSING_STATUS: Final = {401, 429}


class Outcome(StrEnum):
    """What a reply proves. Only SUCCESS and FAIL prove anything."""

    SUCCESS = "success"
    FAIL = "fail"
    UNKNOWN = "unknown"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Header:
    """Who sends: the fixed part of every request."""

    institution: str  # fixmedins_code, 12 characters
    institution_name: str
    region: str  # mdtrtarea_admvs, 6 digits
    operator: str
    operator_name: str
    insured_region: str = ""  # insuplc_admdvs, required whenever the input holds psn_no


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, judged: `output` only when it is a success."""

    outcome: Outcome
    reference: str = ""
    message: str = ""
    output: Mapping[str, Any] = field(default_factory=dict)


def message_id(institution: str, at: datetime, serial: int) -> str:
    """msgid(30) = institution(12) + yyyyMMddHHmmss(14) + serial(4)."""
    if len(institution) != 12:
        raise ValueError("an institution code has 12 characters")
    return f"{institution}{at:%Y%m%d%H%M%S}{serial % 10000:04d}"


def canonical(value: Mapping[str, Any]) -> bytes:
    """Sorted, compact, UTF-8: the bytes that are signed, stored and sent again."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signature(secret: bytes, envelope: Mapping[str, Any]) -> str:
    """cainfo of the region profile `demo`: HMAC-SM3 over the envelope without cainfo, hexadecimal."""
    unsigned = {key: value for key, value in envelope.items() if key != "cainfo"}
    return hmac.new(secret, canonical(unsigned), lambda: hashlib.new("sm3")).hexdigest()


def request(
    secret: bytes, header: Header, *, infno: str, msgid: str, at: datetime, data: Mapping[str, Any]
) -> bytes:
    """The exact bytes of one request. A resend uses these bytes, never new ones."""
    envelope: dict[str, Any] = {
        "infno": infno,
        "msgid": msgid,
        "mdtrtarea_admvs": header.region,
        "insuplc_admdvs": header.insured_region,
        "recer_sys_code": "LIANYI",
        "dev_no": "",
        "dev_safe_info": "",
        "signtype": "SM3",
        "infver": VERSION,
        "opter_type": "1",
        "opter": header.operator,
        "opter_name": header.operator_name,
        "inf_time": f"{at:%Y-%m-%d %H:%M:%S}",
        "fixmedins_code": header.institution,
        "fixmedins_name": header.institution_name,
        "sign_no": "",
        "input": dict(data),
    }
    envelope["cainfo"] = signature(secret, envelope)
    return canonical(envelope)


def verified(secret: bytes, envelope: Mapping[str, Any]) -> bool:
    given = str(envelope.get("cainfo", ""))
    return hmac.compare_digest(given.encode(), signature(secret, envelope).encode())


def read_reply(secret: bytes, status: int, body: bytes, *, msgid: str) -> Reply:
    """Judge a reply. Only a parsed, correctly signed infcode 0 that answers `msgid` is SUCCESS, only an
    explicit business refusal, 401 or 429 is FAIL; everything else is UNKNOWN and must be cleared up."""
    if status in REFUSING_STATUS:
        return Reply(Outcome.FAIL, message=f"HTTP {status}")
    if status != 200:
        return Reply(Outcome.UNKNOWN, message=f"HTTP {status}")
    try:
        answer = json.loads(body.decode("utf-8-sig"))
    except ValueError:
        return Reply(Outcome.UNKNOWN, message="unreadable reply")
    if not isinstance(answer, dict) or not verified(secret, answer):
        return Reply(Outcome.UNKNOWN, message="unsigned reply")
    if answer.get("msgid") != msgid:
        return Reply(Outcome.UNKNOWN, message="reply to another message")
    return _judged(answer)


def _judged(answer: Mapping[str, Any]) -> Reply:
    reference, message = str(answer.get("inf_refmsgid", "")), str(answer.get("err_msg", ""))
    code, output = answer.get("infcode"), answer.get("output")
    if code in REFUSED:
        duplicate = message.startswith("报文ID重复")  # proves an earlier arrival, not its result
        return Reply(Outcome.UNKNOWN if duplicate else Outcome.FAIL, reference, message)
    if code not in ACCEPTED:
        return Reply(Outcome.UNKNOWN, reference, message)
    if not isinstance(output, dict):
        return Reply(Outcome.QUARANTINE, reference, "reply without output")
    return Reply(Outcome.SUCCESS, reference, message, output)
