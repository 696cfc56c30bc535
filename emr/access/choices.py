"""Bases on which a record is opened, purposes, break-glass reasons and verdicts."""

from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Basis(TextChoices):
    """Why somebody may read a record (依据)."""

    OWN = "own", _("care at this institution")  # 本院就诊: the record's own custodian
    ENCOUNTER = "encounter", _("encounter")  # 就诊
    EXAM = "exam", _("exam request")  # 检查申请: the centre reads what it is asked about
    REFERRAL = "referral", _("referral")  # 转诊
    CONSULTATION = "consultation", _("consultation")  # 会诊
    CONTRACT = "contract", _("family doctor contract")  # 家庭医生签约
    CONSENT = "consent", _("consent")  # 知情同意
    BREAK_GLASS = "break_glass", _("break-glass")  # 紧急调阅
    SYSTEM = "system", _("platform")  # the house itself


class Purpose(TextChoices):
    TREATMENT = "treatment", _("treatment")
    QUALITY = "quality", _("quality control")
    REVIEW = "review", _("break-glass review")
    SETTLEMENT = "settlement", _("settlement")


class BreakGlassReason(TextChoices):
    EMERGENCY = "emergency", _("emergency or rescue")  # 急诊抢救
    UNCONSCIOUS = "unconscious", _("patient cannot answer")  # 患者无法表达
    CRITICAL_VALUE = "critical_value", _("critical value")  # 危急值处置
    DUTY = "duty", _("called in on duty")  # 值班会诊
    OTHER = "other", _("other")


class Verdict(TextChoices):
    PENDING = "pending", _("awaiting review")  # 待复核
    JUSTIFIED = "justified", _("justified")  # 正当
    UNCLEAR = "unclear", _("explanation needed")  # 需说明
    UNJUSTIFIED = "unjustified", _("not justified")  # 不正当


OPENING_REUSED: Final = timedelta(minutes=30)
"""Within this time one actor's further looks at one record belong to the same opening."""
BREAK_GLASS_LASTS: Final = timedelta(hours=4)
REVIEW_WITHIN: Final = timedelta(hours=72)
