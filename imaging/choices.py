"""States of a received study and of what was put aside, with the reasons people read."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kernel.workflow import Step


class Status(TextChoices):
    RECEIVED = "received", _("being received")  # 接收中
    UNMATCHED = "unmatched", _("waiting to be assigned")  # 待归属
    MATCHED = "matched", _("assigned")  # 已归属


class Event(TextChoices):
    MATCH = "match"
    HOLD = "hold"
    ASSIGN = "assign"
    TAKE_BACK = "take_back"


TRANSITIONS: Final[dict[tuple[Status, Event], Step]] = {
    (Status.RECEIVED, Event.MATCH): Step(Status.MATCHED),
    (Status.RECEIVED, Event.HOLD): Step(Status.UNMATCHED),
    (Status.RECEIVED, Event.ASSIGN): Step(Status.MATCHED),
    (Status.UNMATCHED, Event.MATCH): Step(Status.MATCHED),
    (Status.UNMATCHED, Event.HOLD): Step(Status.UNMATCHED),
    (Status.UNMATCHED, Event.ASSIGN): Step(Status.MATCHED),
    (Status.MATCHED, Event.TAKE_BACK): Step(Status.UNMATCHED),
}
"""MATCH and HOLD are the house's own judgement of accession number and identity; ASSIGN and TAKE_BACK are
a person's."""


class Doubt(TextChoices):
    """Why a study was not given to a request by itself."""

    NO_ACCESSION = "no_accession", _("the study carries no accession number")
    UNKNOWN_ACCESSION = "unknown_accession", _("no request has this accession number")
    OTHER_PLACE = "other_place", _("the request was not made by this institution")
    NAME_DIFFERS = "name_differs", _("the patient's name differs from the request")
    BIRTH_DATE_DIFFERS = "birth_date_differs", _("the birth date differs from the request")
    SEX_DIFFERS = "sex_differs", _("the sex differs from the request")
    REQUEST_CLOSED = "request_closed", _("the request no longer takes images")
    TAKEN_BACK = "taken_back", _("it was given to the wrong request and taken back")


class Fault(TextChoices):
    """Why one object was put aside."""

    UNREADABLE = "unreadable", _("cannot be read as DICOM")
    IDENTIFIERS_DIFFER = "identifiers_differ", _("its identifiers differ from what the sender announced")
    DUPLICATE = "duplicate", _("another object already has its identifier")
    OTHER_PLACE = "other_place", _("its study came from another institution")
    OTHER_PATIENT = "other_patient", _("its study belongs to another patient")


class Way(TextChoices):
    """How an object came in."""

    STORE = "c_store", _("DICOM association")
    STOW = "stow", _("DICOMweb")


QUIET_SECONDS: Final = 10
"""A study without a new object for so long is taken as complete and given to its request."""
RESULT_LIMIT: Final = 200
"""Rows of a QIDO answer when the client names no limit; more are announced by a Warning header."""
RESULT_MOST: Final = 5_000
SIFTED_MOST: Final = 5_000
"""Candidates whose sealed words are opened for one QIDO answer; a cut is announced by a Warning header."""
