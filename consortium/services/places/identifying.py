"""The codes an institution bears, each for a time."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from consortium import events
from consortium.choices import IdentifierSystem
from consortium.engine import codes
from consortium.models import Organisation, OrganisationIdentifier
from consortium.policies import ORGANISATION
from kernel import audit, clock, outbox
from kernel.actor import Actor
from kernel.database.clashes import told_as
from kernel.errors import Conflict, Invalid, Text

VALID: Final = {
    IdentifierSystem.USCC: codes.uscc_valid,
    IdentifierSystem.INSTITUTION: codes.institution_valid,
    IdentifierSystem.INSURANCE: codes.insurance_valid,
}
SHAPES: Final[Mapping[IdentifierSystem, Text]] = {
    IdentifierSystem.USCC: _(
        "This is no unified social credit code: 18 digits and capitals without I, O, S, V, Z, and the last one is "
        "computed from the others. Compare it with the certificate."
    ),
    IdentifierSystem.INSTITUTION: _("A medical institution code has 22 digits and capitals."),
    IdentifierSystem.INSURANCE: _("An insurance institution code is H or P and 11 digits."),
}


@transaction.atomic
def give_identifier(
    *,
    by: Actor,
    organisation_id: UUID,
    system: str,
    value: str,
    since: date | None = None,
    until: date | None = None,
    field: str = "value",
) -> OrganisationIdentifier:
    """Give an institution a code from `since` (default today) up to and without `until`; the one before ends there.

    Another code from the same day on takes the place of the one typed before: a slip is put right. Raises Invalid
    (422, at `field`) for a wrong shape or check digit, Conflict (409) when a later period of the institution stands
    in the way or another institution bears the code at that time.
    """
    organisation = ORGANISATION.fetch(by, "change", organisation_id, lock=True)
    kind, text = IdentifierSystem(system), value.strip().upper()
    if not VALID[kind](text):
        raise Invalid(fields={field: SHAPES[kind]}, code="bad_identifier")
    start = since or clock.today()
    if until is not None and until <= start:
        raise Invalid(fields={"until": _("It ends after it begins.")}, code="bad_period")
    row = _standing(organisation, kind, start, until, text)
    row.value, row.period = text, DateRange(start, until, "[)")
    borne = Conflict(code="identifier_in_use", fields={field: _borne(organisation, kind, text)})
    with told_as(borne, "identifier_one_per_system_at_a_time", "identifier_names_one_organisation_at_a_time"):
        row.save()
    detail = {"system": kind.value, "value": text, "since": start.isoformat()}
    audit.record(by=by, action="consortium.identifier_given", subject=organisation, detail=detail)
    outbox.emit(events.OrganisationChanged(organisation_id=str(organisation.pk)))
    return row


def _standing(
    organisation: Organisation, kind: IdentifierSystem, start: date, until: date | None, text: str
) -> OrganisationIdentifier:
    """The row to write: a fresh one after the code before was ended, or the one typed for the same day."""
    mine = OrganisationIdentifier.objects.filter(organisation=organisation, system=kind)
    there = list(mine.filter(period__overlap=DateRange(start, until, "[)")).order_by("period"))
    if len(there) > 1 or any(one.period.lower > start for one in there):
        words = _("From a later day on the institution has another code: end the new one before that day.")
        raise Conflict(code="identifier_in_use", fields={"until": words})
    for before in there:
        if before.value == text:
            raise Conflict(
                code="identifier_in_use", fields={"value": _("The institution bears this code already.")}
            )
        if before.period.lower == start:
            return before
        before.period = DateRange(before.period.lower, start, "[)")
        before.save(update_fields=["period"])
    return OrganisationIdentifier(organisation=organisation, system=kind)


def _borne(organisation: Organisation, kind: IdentifierSystem, text: str) -> Text:
    """Who bears the code, where that can be said."""
    others = OrganisationIdentifier.objects.filter(system=kind, value=text).exclude(organisation=organisation)
    name = others.order_by("-period").values_list("organisation__short_name", flat=True).first()
    if name is None:
        return _("This code is already in use in that period.")
    return _("%(name)s bears this code in that period.") % {"name": name}
