"""A staff list signed outside the platform is the first approval of its posts; one security manager is the second.

The list is a table with tabs, first line `account role place department until`; place and department by their
names, the last two may be empty. Its signature is SM2 over the bytes, by a key whose public half the operator has
put into the folder TRUSTED of the secrets.
"""

import hashlib
from csv import DictReader
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from consortium import payloads
from consortium.choices import Role, Verdict
from consortium.models import Change, Department, Organisation, Staff
from consortium.policies import CHANGE
from consortium.services.rights.changes import approve, propose
from kernel import audit
from kernel.actor import Actor
from kernel.crypto import sm2
from kernel.crypto.signing import holds
from kernel.errors import Conflict, Invalid

TRUSTED: Final = "staff-list-signers"
COLUMNS: Final = ("account", "role", "place", "department", "until")
Line = dict[str, str]


@transaction.atomic
def load_staff_list(*, by: Actor, data: bytes, signature_b64: str) -> list[Change]:
    """Propose every post of a signed list. Raises Invalid for a signature of nobody we trust and for a line that
    names nobody, Conflict for a list loaded before: then nothing of it is proposed."""
    CHANGE.ask(by, "propose")
    if not any(holds(key, data, signature_b64) for key in _trusted()):
        raise Invalid(_("This list is not signed by a key of the house."), code="not_signed")
    paper = hashlib.new("sm3", data).hexdigest()
    if Change.objects.filter(paper=paper).exists():
        raise Conflict(_("This list was loaded already."), code="list_loaded")
    orders = [_payload(number, line) for number, line in enumerate(_lines(data), start=2)]
    reason = said("Signed staff list")
    made = [
        propose(
            by=by,
            kind="post.give",
            subject=UUID(str(order["staff"])),
            payload=order,
            reason=reason,
            paper=paper,
        )
        for order in orders
    ]
    audit.record(by=by, action="consortium.staff_list_loaded", detail={"paper": paper, "lines": len(made)})
    return made


@transaction.atomic
def approve_list(*, by: Actor, paper: str) -> int:
    """Be the second person for every line of a signed list that still waits; how many. All of them or none."""
    rows = CHANGE.rows(by, "decide").filter(paper=paper, verdict=Verdict.WAITING).order_by("pk")
    found = list(rows.values_list("pk", "version")) if paper else []
    for pk, version in found:
        approve(by=by, change_id=pk, version=version)
    audit.record(by=by, action="consortium.staff_list_approved", detail={"paper": paper, "lines": len(found)})
    return len(found)


def _trusted() -> list[sm2.Key]:
    folder = Path(settings.SECRETS_DIR) / TRUSTED
    return [sm2.Key.read(path.read_bytes()) for path in sorted(folder.glob("*.pem"))]


def _lines(data: bytes) -> list[Line]:
    try:
        rows = DictReader(data.decode("utf-8-sig").splitlines(), delimiter="\t")
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise Invalid(code="bad_list")
        return [{name: (row[name] or "").strip() for name in COLUMNS} for row in rows]
    except UnicodeDecodeError as problem:
        raise Invalid(code="bad_list") from problem


def _payload(number: int, line: Line) -> dict[str, object]:
    person = Staff.objects.filter(username=line["account"].lower(), is_active=True).first()
    place = Organisation.objects.filter(name=line["place"], active=True).first()
    room = Department.objects.filter(organisation=place, name=line["department"]).first() if place else None
    if person is None:
        raise _wrong(number, said("no such account"))
    if place is None or (line["department"] and room is None):
        raise _wrong(number, said("no such place"))
    if line["role"] not in Role.values:
        raise _wrong(number, said("no such role"))
    return payloads.post_payload(
        staff_id=person.pk,
        role=line["role"],
        organisation_id=place.pk,
        department_id=room.pk if room else None,
        until=_day(number, line["until"]),
    )


def _day(number: int, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise _wrong(number, text) from problem


def _wrong(number: int, what: str) -> Invalid:
    return Invalid(said("Line %(line)d: %(what)s") % {"line": number, "what": what}, code="bad_line")
