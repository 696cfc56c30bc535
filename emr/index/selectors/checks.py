"""What an identity number says, and whether somebody has it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from emr.index import vault
from emr.index.choices import IdKind
from emr.index.engine import identity, names
from emr.index.models import Patient, Person
from emr.index.policies import PATIENT
from kernel import clock
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Echo:
    """A number read back. `wrong` is the code of what is wrong, else "". `known_as` is the masked name of the
    person who has it; `own_patient` her record in the actor's institution."""

    wrong: str = ""
    number: str = ""
    birth_date: date | None = None
    sex: str = ""
    warnings: tuple[str, ...] = ()
    known_as: str = ""
    own_patient: UUID | None = None


def check_id(*, by: Actor, id_kind: str, id_number: str) -> Echo:
    """Read a number back as it is typed: what it says, and who has it (masked)."""
    PATIENT.ask(by, "register")
    today = clock.today()
    try:
        if id_kind == IdKind.PASSPORT:
            paper = identity.parse_passport(id_number)
        elif id_kind == IdKind.PERMANENT:
            paper = identity.parse_permanent(id_number, today=today)
        else:
            paper = identity.parse(id_number, today=today)
    except identity.Malformed as wrong:
        return Echo(wrong=wrong.code)
    person = Person.objects.filter(id_key=vault.id_key(id_kind, paper.number)).first()
    own = None
    if person is not None:
        mine = Patient.objects.filter(person=person, organisation=by.organisation).order_by("pk")
        own = mine.values_list("pk", flat=True).first()
    known = names.masked(vault.name_of(person)) if person else ""
    return Echo("", paper.number, paper.birth_date, paper.sex, paper.warnings, known, own)


def mother_of(*, by: Actor, id_number: str) -> UUID | None:
    """The record of the mother with this resident number, the actor's own institution's first."""
    PATIENT.ask(by, "register")
    key = vault.id_key(IdKind.RESIDENT, identity.clean(id_number))
    rows = list(Patient.objects.filter(person__id_key=key).order_by("registered_at", "pk"))
    own = next((row.pk for row in rows if row.organisation_id == by.organisation), None)
    return own or next((row.pk for row in rows), None)


def ask_register(*, by: Actor) -> None:
    """Raise Refused (403) unless this post registers patients: an empty form is not shown in vain."""
    PATIENT.ask(by, "register")
