"""What a message of a hospital outside is held against before it changes anything: whose it is, about whom."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from emr.index import selectors as index
from referral.choices import Priority
from referral.fhir import reading
from referral.fhir.reading import Said
from referral.models import Referral

SUBJECTS: Final = ("subject", "patient")


def ask_newcomer(said: Said, priority: str) -> dict[str, Any]:
    """The Patient of a request. Raises Invalid (422) where none is carried, or without a document number: an emergency
    may come without. Whose number it is, the index says when it registers the person."""
    patient = said.first("Patient")
    if patient is None:
        raise reading.wrong(_("The message carries the Patient with name, birth date and identity number."))
    if index.document_key(patient) is None and priority != Priority.EMERGENCY:
        raise reading.wrong(
            _("The Patient has no identity number: only an emergency goes without. Check the card.")
        )
    return patient


def ask_same_person(leg: Referral, said: Said, *, carries: bool) -> None:
    """Hold the Patient of a message against the leg's, and what goes along against the Patient.

    `carries`: a record goes along, so that the Patient must be named. Raises Invalid (422).
    """
    patient = said.first("Patient")
    if patient is None:
        if carries:
            raise reading.wrong(_("A record goes along: name its Patient in the message."))
        return
    if not index.names_person(patient_id=leg.patient_id, resource=patient):
        raise reading.wrong(
            _("The Patient of the message is not the one of this referral: nothing was taken.")
        )
    ask_subjects(said, patient)


def ask_subjects(said: Said, patient: dict[str, Any]) -> None:
    """Raise Invalid (422) where something that goes along is about somebody else than the message's Patient."""
    own = f"Patient/{patient.get('id')}"
    for one in said.all(*reading.UPLOADED):
        about = next((str(one[name].get("reference", "")) for name in SUBJECTS if one.get(name)), own)
        if about.rpartition("Patient/")[2] != str(patient.get("id")):
            raise reading.wrong(
                _("%(kind)s %(id)s is about somebody else than the Patient of the message.")
                % {"kind": one["resourceType"], "id": one.get("id", "")}
            )
