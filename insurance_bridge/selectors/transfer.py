"""What a transfer changes for the patient's money (转诊前后的报销): an estimate by the county's rules, to tell her."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from consortium import selectors as consortium
from consortium.choices import OrganisationKind
from emr.access import selectors as access
from insurance_bridge.choices import VisitKind, level_of
from insurance_bridge.engine.benefit import Line, Route, Stay, settle
from insurance_bridge.engine.rules import Identity, Insurance, valid_on
from insurance_bridge.models import Visit
from insurance_bridge.selectors.words import IDENTITY, INSURANCE
from kernel import clock
from kernel.actor import Actor
from kernel.errors import OutOfReach, Text

EXAMPLE: Final = Decimal(5000)
"""Yuan of one stay, all of it in the catalogue: a sum people can picture."""
EPISODE: Final = timedelta(days=30)
"""A stay here that began within this time is the stay the transfer goes on from."""


@dataclass(frozen=True, slots=True)
class Share:
    """One way: what is paid first, how many percent of the rest the fund pays, what is left of the example."""

    place: str
    deductible: Decimal
    percent: int
    own: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """`here`: staying; `filed`: there with this form (外转 is filed, 转诊备案); `unfiled`: there without."""

    here: Share
    filed: Share
    unfiled: Share

    @property
    def more(self) -> Decimal:
        """What she pays more there than here, in yuan; negative when less."""
        return self.filed.own - self.here.own

    @property
    def more_without(self) -> Decimal:
        """What going there without a form costs her beyond that."""
        return self.unfiled.own - self.filed.own


@dataclass(frozen=True, slots=True)
class Transfer:
    """What is known of her insurance, and the sums by it. Without a known insurance there are no sums, but `why`."""

    place: str
    outside: bool
    insurance: Text
    identities: list[Text]
    sums: Sums | None
    rules: str
    why: Text = ""
    example: Decimal = EXAMPLE


def transfer(*, by: Actor, patient_id: UUID, target_id: UUID | None) -> Transfer | None:
    """The estimate for the first stay of the year. None while no place is chosen; 404 without a basis.

    No sum is told for an insurance nobody has checked, which the centre refused, or which the county has no rules for:
    a figure that is wrong for this patient is worse than none.
    """
    if access.basis(by=by, patient_id=patient_id) is None:
        raise OutOfReach(code="no_basis")
    if target_id is None or by.organisation is None:
        return None
    visit, why = _checked(patient_id)
    here, there = consortium.organisation(by.organisation), consortium.organisation(target_id)
    insured = _Insured(Insurance(visit.insutype), _valid(visit.identities)) if visit else None
    return Transfer(
        place=there.short_name,
        outside=there.kind == OrganisationKind.OUTSIDE,
        insurance=INSURANCE[insured.insurance.value] if insured else "",
        identities=[IDENTITY[one.value] for one in insured.identities] if insured else [],
        sums=_sums(insured, patient_id, here, there) if insured else None,
        rules=valid_on(clock.today()).version,
        why=why,
    )


def _sums(insured: "_Insured", patient_id: UUID, place: Any, there: Any) -> Sums:
    outside = there.kind == OrganisationKind.OUTSIDE
    here = insured.share(place, Route.IN_COUNTY)
    paid = here.deductible if not outside and _lies(patient_id, place.pk) else None
    return Sums(
        here=here,
        filed=insured.share(there, Route.REFERRED_OUT if outside else Route.IN_COUNTY, paid),
        unfiled=insured.share(there, Route.UNREFERRED if outside else Route.IN_COUNTY),
    )


@dataclass(frozen=True, slots=True)
class _Insured:
    insurance: Insurance
    identities: tuple[Identity, ...]

    def share(self, place: Any, route: Route, paid: Decimal | None = None) -> Share:
        """By the very rules that settle. `paid`: the deductible of the stay this one goes on from."""
        level = level_of(place.kind)
        stay = Stay(self.insurance, level, clock.today(), route, self.identities, episode_deductible=paid)
        benefit = settle(stay, [Line(Decimal(1), EXAMPLE)])
        base = benefit.split.in_scope - benefit.deductible
        return Share(place.short_name, benefit.deductible, round(benefit.pool / base * 100), benefit.person)


def _checked(patient_id: UUID) -> tuple[Visit | None, Text]:
    """The newest visit whose insurance the centre has told and the county has rules for; else why there is none."""
    visit = (
        Visit.objects.filter(patient=patient_id, checked_at__isnull=False)
        .order_by("-checked_at", "-pk")
        .first()
    )
    if visit is None:
        return None, _("Nobody has checked the insurance yet.")
    if visit.refusal:
        return None, _("The insurance centre has not confirmed an insurance: %(words)s.") % {
            "words": visit.refusal
        }
    if visit.insutype not in list(Insurance):
        named = INSURANCE.get(visit.insutype, visit.insutype or "—")
        return None, _("The county has no rules for this insurance (%(kind)s).") % {"kind": named}
    return visit, ""


def _lies(patient_id: UUID, organisation_id: UUID) -> bool:
    """Whether she pays a deductible here already, which a linked stay takes into account."""
    rows = Visit.objects.filter(patient=patient_id, organisation=organisation_id, kind=VisitKind.INPATIENT)
    return rows.filter(begun_at__gt=clock.now() - EPISODE).exists()


def _valid(entries: Iterable[dict[str, Any]]) -> tuple[Identity, ...]:
    """The welfare identities that count today, in their order of rank."""
    today = clock.today().isoformat()
    codes = {one["code"] for one in entries if one["begin"] <= today <= (one["end"] or today)}
    return tuple(one for one in Identity if one.value in codes)
