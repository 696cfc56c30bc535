"""Reads of drug lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from emr.formulary.choices import MISSING, Supply
from emr.formulary.engine import names
from emr.formulary.models import StockedDrug
from emr.formulary.policies import DRUG
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one drug at one institution. `near`: a listed name that may be the same drug."""

    state: Supply
    near: str = ""

    @property
    def missing(self) -> bool:
        """Whether it is known that the patient does not get the drug there now."""
        return self.state in MISSING

    @property
    def listed(self) -> bool:
        """Whether it stands on the institution's list, there or out."""
        return self.state in (Supply.STOCKED, Supply.OUT)

    @property
    def tone(self) -> str:
        """Tone of its badge."""
        return {Supply.STOCKED: "good", Supply.UNKNOWN: "", Supply.OUT: "me", Supply.ABSENT: "me"}[self.state]

    @property
    def icon(self) -> str:
        marks = {Supply.STOCKED: "check", Supply.UNKNOWN: "help"}
        return marks.get(self.state, "alert-triangle")


def stock(*, by: Actor) -> list[StockedDrug]:
    """The own institution's list, what is out first."""
    rows = DRUG.rows(by, "view").filter(organisation=by.place)
    return list(rows.order_by("state", "name", "pk"))


def stocked_names(organisation_id: UUID) -> list[str]:
    """What the institution has now, by name: suggestions for who writes a medication list for it."""
    rows = StockedDrug.objects.filter(organisation=organisation_id, state=Supply.STOCKED)
    return list(rows.order_by("name").values_list("name", flat=True))


def may_keep(*, by: Actor) -> bool:
    return DRUG.allows(by, "keep")


def supply(organisation_id: UUID, drugs: Iterable[str]) -> Mapping[str, Answer]:
    """What the institution has of these drugs, by the name asked for; one statement.

    Unknown when it keeps no list, or lists only something like the name; not stocked when its list has nothing
    like it.
    """
    wanted = list(dict.fromkeys(drugs))
    if not wanted:
        return {}
    rows = StockedDrug.objects.filter(organisation=organisation_id).values_list("key", "name", "state")
    listed = {key: (name, state) for key, name, state in rows}
    return {name: _answer(names.key_of(name), listed) for name in wanted}


def _answer(key: str, listed: Mapping[str, tuple[str, str]]) -> Answer:
    if key in listed:
        return Answer(Supply(listed[key][1]))
    similar = next((name for known, (name, _state) in listed.items() if names.near(key, known)), "")
    return Answer(Supply.UNKNOWN if similar or not listed else Supply.ABSENT, similar)
