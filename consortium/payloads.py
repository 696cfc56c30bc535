"""What a change keeps of what was typed: each field named, nothing else of what was sent gets in."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium.choices import CLEARANCE, Licence, Role, Title
from consortium.engine import codes
from kernel import crypto
from kernel.errors import Invalid

CONTEXT: Final = "consortium_change"
SCOPE: Final = re.compile(r"^(system|patient|user|dicomweb|workflow)/[A-Za-z*]+\.(\*|read|write|[cruds]+)$")
"""Scopes always bear a slash: none can be mistaken for a role of a person or of the house."""


def post_payload(
    *,
    staff_id: UUID,
    role: str,
    organisation_id: UUID,
    department_id: UUID | None = None,
    until: date | None = None,
    clearance: int | None = None,
    below: bool = False,
) -> dict[str, Any]:
    """A post to be given, as the change keeps it: nothing else of what was sent gets in."""
    return {
        "staff": str(staff_id),
        "role": str(Role(role)),
        "organisation": str(organisation_id),
        "department": str(department_id) if department_id else "",
        "until": until.isoformat() if until else "",
        "clearance": CLEARANCE[role] if clearance is None else clearance,
        "below": below,
    }


def narrowing_payload(
    *,
    model: str,
    action: str,
    role: str = "",
    organisation_id: UUID | None = None,
    department_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> dict[str, Any]:
    """A narrowing as the change keeps it: nothing else of what was sent gets in."""
    return {
        "role": str(Role(role)) if role else "",
        "organisation": str(organisation_id or ""),
        "department": str(department_id or ""),
        "staff": str(staff_id or ""),
        "model": model,
        "action": action,
    }


def account_payload(
    *,
    username: str,
    name: str,
    id_number: str,
    phone: str = "",
    licence: str = Licence.NONE,
    licence_number: str = "",
    title: str = Title.NONE,
) -> dict[str, Any]:
    """An account to be opened, as the change keeps it: ID number and phone sealed. Raises Invalid for a wrong one."""
    text = id_number.strip().upper()
    if not codes.id_number_valid(text):
        problem = _("This ID number is not right: check the birth date and the last character.")
        raise Invalid(fields={"id_number": problem}, code="bad_id_number")
    return {
        "username": username.strip().lower(),
        "name": name.strip(),
        "id_number": _sealed("id_number", username, text),
        "phone": _sealed("phone", username, phone.strip()) if phone.strip() else "",
        "licence": str(Licence(licence)),
        "licence_number": licence_number,
        "title": str(Title(title)),
    }


def client_payload(
    *, client_id: str, name: str, organisation_id: UUID, scopes: list[str], below: bool, clearance: int
) -> dict[str, Any]:
    """An API client to be registered, as the change keeps it. Raises Invalid for an unknown scope."""
    return {
        "client_id": client_id.strip(),
        "name": name.strip(),
        "organisation": str(organisation_id),
        "scopes": checked_scopes(scopes),
        "below": bool(below),
        "clearance": clearance,
    }


def checked_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes, sorted and each once. Raises Invalid for one that is none."""
    wanted = sorted(set(scopes))
    if not wanted or not all(SCOPE.match(scope) for scope in wanted):
        raise Invalid(fields={"scopes": _("Write scopes like system/Patient.read.")}, code="bad_scope")
    return wanted


def opened(column: str, payload: Mapping[str, Any]) -> str:
    """What a payload holds sealed."""
    if not payload[column]:
        return ""
    sealed = bytes.fromhex(payload[column])
    return crypto.unseal_bytes(f"{CONTEXT}.{column}", payload["username"], sealed).decode()


def _sealed(column: str, username: str, text: str) -> str:
    return crypto.seal_bytes(f"{CONTEXT}.{column}", username.strip().lower(), text.encode()).hex()
