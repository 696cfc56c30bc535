"""Why, with what, on what ground: the code lists of the form."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

PAPER: Final = "referral.form"
"""What a sealed form of this room is called (`kernel.papers`)."""


class PrintKind(TextChoices):
    """What is printed of a leg: its form with all of its words, or the plan for the patient to take home."""

    FORM = "form", pgettext_lazy("printout", "the form")  # 转诊单
    PLAN = "plan", pgettext_lazy("printout", "the follow-up plan")  # 康复随访单


class RejectCode(TextChoices):
    """Why a referral is not taken (R01-R99), each with words and what to do instead."""

    NO_CAPACITY = "R01", pgettext_lazy("referral", "no capacity")
    OUTSIDE_SCOPE = "R02", pgettext_lazy("referral", "outside our scope")
    WRONG_DEPARTMENT = "R03", pgettext_lazy("referral", "wrong department")
    CRITERIA = "R04", pgettext_lazy("referral", "does not meet the criteria")
    INFORMATION = "R05", pgettext_lazy("referral", "information insufficient")
    DUPLICATE = "R06", pgettext_lazy("referral", "duplicate")
    PATIENT_DECLINED = "R07", pgettext_lazy("referral", "patient declined")
    HIGHER_LEVEL = "R08", pgettext_lazy("referral", "needs a higher level")
    ISOLATION = "R09", pgettext_lazy("referral", "infection control")
    OTHER = "R99", pgettext_lazy("referral", "other")


class AttachmentKind(TextChoices):
    """What of the record goes along by reference."""

    SUMMARY = "Composition", pgettext_lazy("referral", "record summary")
    REPORT = "DiagnosticReport", pgettext_lazy("referral", "report")
    ECG = "Observation", pgettext_lazy("referral", "ECG recording")
    IMAGE = "ImagingStudy", pgettext_lazy("referral", "images")
    PROBLEM = "Condition", pgettext_lazy("referral", "diagnosis of the record")
    MEDICINE = "MedicationStatement", pgettext_lazy("referral", "medicine taken")
    PRESCRIPTION = "MedicationRequest", pgettext_lazy("referral", "medicine prescribed")
    ALLERGY = "AllergyIntolerance", pgettext_lazy("referral", "allergy")


class ItemState(TextChoices):
    """A line of the down leg's plan."""

    DUE = "due", pgettext_lazy("referral", "due")
    DONE = "done", pgettext_lazy("referral", "done")
    WAIVED = "waived", pgettext_lazy("referral", "waived")


class ConsentBasis(TextChoices):
    """No submission without one of these."""

    PATIENT = "patient", pgettext_lazy("referral", "the patient has agreed")
    RELATIVE = "relative", pgettext_lazy("referral", "a relative has agreed")
    EMERGENCY = "emergency", pgettext_lazy("referral", "emergency: agreement follows")


class ConsentWay(TextChoices):
    """How agreement was given: a name drawn on the screen, or on the paper that stays at the sender."""

    SCREEN = "screen", pgettext_lazy("referral", "signed on the screen")
    PAPER = "paper", pgettext_lazy("referral", "signed on paper")


class Kinship(TextChoices):
    """What a relative who agreed is to the patient."""

    SPOUSE = "spouse", pgettext_lazy("referral", "spouse")  # 配偶
    CHILD = "child", pgettext_lazy("referral", "son or daughter")  # 子女
    PARENT = "parent", pgettext_lazy("referral", "father or mother")  # 父母
    SIBLING = "sibling", pgettext_lazy("referral", "brother or sister")  # 兄弟姐妹
    GUARDIAN = "guardian", pgettext_lazy("referral", "guardian")  # 监护人
    OTHER = "other", pgettext_lazy("referral", "another relative")  # 其他亲属
