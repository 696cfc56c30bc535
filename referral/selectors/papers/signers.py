"""Who signed a form, each with the kind of key it was signed with."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.templatetags import spoken
from kernel import countersign
from kernel.models import PaperSeal
from kernel.sheets.shapes import Sign
from referral.choices import Event
from referral.models import FormVersion, HistoryEntry, Referral


@dataclass(frozen=True, slots=True)
class Signed:
    """One signing of the form: by whom, at which event, with which seal."""

    staff: UUID | None
    name: str
    event: str
    seal: PaperSeal


def signings(leg: Referral, seals: Sequence[PaperSeal]) -> list[Signed]:
    """Every signing in order; two statements."""
    by_value = {seal.value: seal for seal in seals}
    forms = list(FormVersion.objects.filter(referral=leg).order_by("version"))
    rows = HistoryEntry.objects.filter(referral=leg, version__in=[form.version for form in forms])
    entries = {row.version: row for row in rows.select_related("staff")}
    found = []
    for form in forms:
        seal, entry = by_value.get(form.signature.get("value", "")), entries.get(form.version)
        if seal is None:
            continue
        staff = entry.staff if entry else None
        account = str(form.signature.get("by", ""))
        found.append(
            Signed(
                staff=staff.pk if staff else None,
                name=staff.name if staff else account,
                event=entry.event if entry else "",
                seal=seal,
            )
        )
    return found


def signs(leg: Referral, signed: Sequence[Signed], doctor: str, receiving: str) -> list[Sign]:
    """The referring doctor, the reviewer where there was one, the receiving doctor, and whoever else signed; of each
    the last signature. A doctor without a signature of her own is named as such."""
    last: dict[UUID | str, Signed] = {one.staff or one.name: one for one in signed}
    reviewers = [one for one in signed if one.event == Event.APPROVE]
    found = [_sign(_("Referring doctor"), doctor, _taken(last, leg.doctor_id))]
    found += [
        _sign(_("Reviewing doctor"), one.name, _taken(last, one.staff) or one) for one in reviewers[-1:]
    ]
    found.append(_sign(_("Receiving doctor"), receiving, _taken(last, leg.receiving_doctor_id)))
    return found + [_sign(_("Also signed"), one.name, one) for one in last.values()]


def _taken(last: dict[UUID | str, Signed], staff: UUID | None) -> Signed | None:
    return last.pop(staff, None) if staff else None


def _sign(role: str, name: str, one: Signed | None) -> Sign:
    if one is None:
        return Sign(role, name, _("no electronic signature of their own") if name else "")
    code = _("code %(code)s") % {"code": one.seal.token}
    return Sign(role, name, countersign.kind_of(one.seal), spoken.exact_time(one.seal.signed_at), code)
