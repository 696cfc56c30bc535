"""Code systems of the house and their FHIR addresses."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class System(TextChoices):
    ICD10 = "icd10", _("ICD-10")


URI: Final = {System.ICD10: "http://hl7.org/fhir/sid/icd-10"}
