"""Sex, kinds of identity document, changes of an identity."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    """GB/T 2261.1."""

    UNKNOWN = "0", _("unknown sex")
    MALE = "1", _("male")
    FEMALE = "2", _("female")
    UNSTATED = "9", _("unstated sex")


FHIR_GENDER: Final = {Sex.UNKNOWN: "unknown", Sex.MALE: "male", Sex.FEMALE: "female", Sex.UNSTATED: "unknown"}


class IdKind(TextChoices):
    RESIDENT = "resident", _("resident ID card")  # 居民身份证 GB 11643
    HK_MACAO_TAIWAN = (
        "hmt_residence",
        _("residence permit for Hong Kong, Macao and Taiwan residents"),
    )  # 港澳台居住证
    PERMANENT = "permanent_residence", _("permanent residence card")  # 外国人永久居留身份证
    PASSPORT = "passport", _("passport")  # 护照
    NONE = "none", _("no document")  # 无证件


WITH_CHECK_DIGIT: Final = frozenset({IdKind.RESIDENT, IdKind.HK_MACAO_TAIWAN})
"""Numbers built after GB 11643."""


class NoIdReason(TextChoices):
    NEWBORN = "newborn", _("newborn")
    FORGOTTEN = "forgotten", _("document not at hand")
    UNCONSCIOUS = "unconscious", _("unconscious, identity unknown")
    NEVER_ISSUED = "never_issued", _("never registered")


class ChangeKind(TextChoices):
    MERGED = "merged", _("merged")
    UNMERGED = "unmerged", _("merge undone")
    NAME_CONFIRMED = "name_confirmed", _("second name confirmed")
    CORRECTED = "corrected", _("corrected")
    DISTINCT = "distinct", _("two different people")
