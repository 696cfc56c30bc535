"""Consent, family-doctor contract, requests of a person about her own data."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from emr.access.choices import Purpose
from kernel import labels


class Decision(TextChoices):
    PERMIT = "permit", _("may read")
    DENY = "deny", _("may not read")


class Scope(TextChoices):
    """How much of the record a consent is about."""

    RECORD = "record", _("the record without specially protected data")
    SENSITIVE = "sensitive", _("specially protected data as well")


SCOPE_LABEL: Final = {Scope.RECORD: labels.IDENTITY, Scope.SENSITIVE: labels.SENSITIVE}
"""The highest label a permission opens."""
DENIED_LABEL: Final = {Scope.RECORD: labels.PUBLIC, Scope.SENSITIVE: labels.SENSITIVE}
"""The lowest label a refusal closes: of "the record" all of it, else only what is specially protected."""

PURPOSES: Final = (Purpose.TREATMENT, Purpose.QUALITY, Purpose.RESEARCH, Purpose.SETTLEMENT)
"""What a person can be asked to agree to."""


class ConsentStatus(TextChoices):
    ACTIVE = "active", pgettext_lazy("consent", "in force")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "withdrawn")


class Giver(TextChoices):
    """Who speaks for the person."""

    SELF = "self", _("the person")
    GUARDIAN = "guardian", _("parent or guardian")  # under 14 always (个人信息保护法 art. 31)
    AGENT = "agent", _("somebody with a written power")


class Evidence(TextChoices):
    """What proves it."""

    PAPER = "paper", _("signed paper")
    SIGNATURE = "signature", _("electronic signature")


CHILD_BELOW: Final = 14
"""Years; below that a guardian consents."""


class RequestKind(TextChoices):
    """Rights of a person over her data (个人信息保护法 art. 44-47)."""

    COPY = "copy", _("copy of the record")  # art. 45
    CORRECT = "correct", _("correction")  # art. 46
    RESTRICT = "restrict", _("restriction of use")  # art. 44
    ERASE = "erase", _("erasure")  # art. 47


class RequestStatus(TextChoices):
    OPEN = "open", pgettext_lazy("request", "being worked on")
    GRANTED = "granted", pgettext_lazy("request", "granted")
    REFUSED = "refused", pgettext_lazy("request", "refused")


ANSWER_WITHIN: Final = 15
"""Working days. App违法违规收集使用个人信息行为认定方法 (2019) art. 6 says 15 working days, GB/T 35273-2020 8.7 says
30 days; the shorter one counts here. 个人信息保护法 art. 50 itself names no number."""

RETENTION_LAW: Final = _(
    "Medical records are kept by law: outpatient records at least 15 years, inpatient records at least 30 years "
    "(Rules for the administration of medical records, art. 29). Until then art. 47 of the Personal Information "
    "Protection Law does not allow erasure; instead every use beyond keeping and protecting stops on request."
)
