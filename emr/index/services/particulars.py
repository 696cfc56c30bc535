"""What is said about a person at the desk: checked and normalised before anything is written."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emr.index.choices import WITH_CHECK_DIGIT, IdKind, NoIdReason, Sex
from emr.index.engine import identity, places
from kernel import clock
from kernel.errors import Invalid, Text

SENTENCES: dict[str, Text] = {
    "length": gettext_lazy("An identity number has 18 characters (15 before 1999)."),
    "characters": gettext_lazy("Only digits, and X at the end."),
    "birth_date": gettext_lazy("The birth date in this number does not exist or lies ahead."),
    "check_digit": gettext_lazy("The last character does not fit: one digit is mistyped."),
    "format": gettext_lazy("This is not a number of that document."),
}
NAME_AT_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What is said about a person at the desk, checked and normalised."""

    name: str
    sex: str
    birth_date: date | None
    id_kind: str
    id_number: str
    no_id_reason: str
    phone: str
    address: str
    unidentified: bool
    mother_person_id: UUID | None = None


def document(id_kind: str, id_number: str) -> identity.Document:
    """The identity document, checked. Raises Invalid with the sentence beside id_number."""
    today = clock.today()
    try:
        if id_kind in WITH_CHECK_DIGIT:
            return identity.parse(id_number, today=today)
        if id_kind == IdKind.PERMANENT:
            return identity.parse_permanent(id_number, today=today)
        return identity.parse_passport(id_number)
    except identity.Malformed as wrong:
        raise Invalid(code=wrong.code, fields={"id_number": SENTENCES[wrong.code]}) from None


def checked(said: Particulars) -> Particulars:
    """Particulars that hold together. Raises Invalid naming each field that does not."""
    wrong: dict[str, Text] = {}
    name = " ".join(said.name.split())
    if not name or len(name) > NAME_AT_MOST:
        wrong["name"] = _("A name has 1 to 60 characters.")
    if said.sex not in Sex.values:
        wrong["sex"] = _("Choose a sex.")
    phone = places.clean_phone(said.phone)
    if said.phone and not places.PHONE.fullmatch(phone):
        wrong["phone"] = _("A mobile number has 11 digits and begins with 1.")
    if said.birth_date and not identity.OLDEST <= said.birth_date <= clock.today():
        late = said.birth_date > clock.today()
        wrong["birth_date"] = _("This day lies ahead.") if late else _("Nobody alive was born so early.")
    said = replace(said, name=name, phone=phone, address=said.address.strip())
    said = _without_document(said, wrong) if said.id_kind == IdKind.NONE else _with_document(said, wrong)
    if wrong:
        raise Invalid(fields=wrong)
    return said


def _with_document(said: Particulars, wrong: dict[str, Text]) -> Particulars:
    try:
        paper = document(said.id_kind, said.id_number)
    except Invalid as error:
        wrong.update(error.fields)
        return said
    if paper.sex and said.sex in (Sex.MALE, Sex.FEMALE) and said.sex != paper.sex:
        wrong["sex"] = _("The identity number says otherwise.")
    if paper.birth_date and said.birth_date and said.birth_date != paper.birth_date:
        wrong["birth_date"] = _("The identity number says otherwise.")
    born = paper.birth_date or said.birth_date
    if born is None:
        wrong["birth_date"] = _("Give the birth date.")
    sex = paper.sex if paper.sex and said.sex == Sex.UNKNOWN else said.sex
    return replace(said, id_number=paper.number, birth_date=born, sex=sex, no_id_reason="")


def _without_document(said: Particulars, wrong: dict[str, Text]) -> Particulars:
    if said.no_id_reason not in NoIdReason.values:
        wrong["no_id_reason"] = _("Say why there is no document.")
    if said.birth_date is None and not said.unidentified:
        wrong["birth_date"] = _("Give the birth date.")
    if said.no_id_reason == NoIdReason.NEWBORN and said.mother_person_id is None:
        wrong["mother"] = _("A newborn is registered with its mother.")
    return replace(said, id_number="")
