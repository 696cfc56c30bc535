"""What the tables of the register of personal information are called, where no policy table names them already."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy

from consortium import wording
from kernel.errors import Text

TABLES: Final[Mapping[str, Text]] = {
    "kernel.idempotencykey": pgettext_lazy("register", "repeated sendings"),
    "kernel.storedfile": pgettext_lazy("register", "stored files"),
    "consortium.pastpassword": pgettext_lazy("register", "former passwords"),
    "consortium.totpdevice": pgettext_lazy("register", "authenticators"),
    "consortium.recoverycode": pgettext_lazy("register", "recovery codes"),
    "consortium.knowndevice": pgettext_lazy("register", "known devices"),
    "consortium.keptform": pgettext_lazy("register", "forms kept for their writer"),
    "emr.person": pgettext_lazy("register", "persons"),
    "emr.personchange": pgettext_lazy("register", "merged and corrected persons"),
    "emr.resourcehistory": pgettext_lazy("register", "earlier versions of records"),
    "emr.identifier": pgettext_lazy("register", "other numbers of a patient"),
    "emr.searchquota": pgettext_lazy("register", "how often somebody searched"),
    "emr.consentversion": pgettext_lazy("register", "consents"),
    "diagnostics.claim": pgettext_lazy("register", "who reads which exam"),
    "diagnostics.draft": pgettext_lazy("register", "drafts of reports"),
    "diagnostics.material": pgettext_lazy("register", "pictures and traces of a report"),
    "diagnostics.criticalcall": pgettext_lazy("register", "calls for a critical value"),
    "imaging.series": pgettext_lazy("register", "series of images"),
    "imaging.instance": pgettext_lazy("register", "single images"),
    "referral.telephoned": pgettext_lazy("register", "telephone calls about a referral"),
    "referral.printout": pgettext_lazy("register", "printed forms"),
    "referral.formversion": pgettext_lazy("register", "versions of a form"),
    "referral.historyentry": pgettext_lazy("register", "steps of a referral"),
    "referral.attachment": pgettext_lazy("register", "what is attached to a referral"),
    "referral.invitation": pgettext_lazy("register", "hospitals asked one after another"),
    "referral.handover": pgettext_lazy("register", "handings over of a patient"),
    "referral.callnote": pgettext_lazy("register", "notes of calls to a patient"),
    "referral.reach": pgettext_lazy("register", "telephones to reach a patient by"),
    "referral.daychange": pgettext_lazy("register", "changed days of arrival"),
    "referral.prioritychange": pgettext_lazy("register", "changed urgency"),
    "referral.medicine": pgettext_lazy("register", "medicines of a plan"),
    "referral.comment": pgettext_lazy("register", "words between the two sides"),
}

ROOMS: Final[Mapping[str, Text]] = {
    "kernel": pgettext_lazy("register", "Ground"),
    "consortium": pgettext_lazy("register", "Staff and accounts"),
    "emr": pgettext_lazy("register", "Patients and records"),
    "diagnostics": pgettext_lazy("register", "Exams and reports"),
    "imaging": pgettext_lazy("register", "Images"),
    "ecg": pgettext_lazy("register", "ECG"),
    "referral": pgettext_lazy("register", "Referrals"),
    "insurance_bridge": pgettext_lazy("register", "Insurance and cashier"),
}
"""The parts of the house that hold something about persons."""


def title(table: str) -> Text:
    """What a table (`emr.person`) is called; its code name where nobody named it."""
    return TABLES.get(table) or wording.table(table)
