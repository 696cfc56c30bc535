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
    PLAN = "plan", _("down-referral plan")  # 下转计划: who carries it out
    CONSULTATION = "consultation", _("consultation")  # 会诊
    CONTRACT = "contract", _("family doctor contract")  # 家庭医生签约
    PUBLIC_HEALTH = "public_health", _("public-health duty")  # 公共卫生职责
    CONSENT = "consent", _("consent")  # 知情同意
    REVIEW = "review", _("break-glass review")  # 紧急调阅复核
    BREAK_GLASS = "break_glass", _("break-glass")  # 紧急调阅
    SYSTEM = "system", _("platform")  # the house itself


PASSES_RESTRICTIONS: Final = (Basis.BREAK_GLASS, Basis.REVIEW, Basis.PUBLIC_HEALTH)
"""Bases that hold although the person keeps the record from others: rescue, its review, duty by law."""


class Law(TextChoices):
    """What the law lets a record be read on (个人信息保护法 art. 13). Consent is one of several."""

    SERVICE = "service", _("medical service asked for by the person")  # item 2
    DUTY = "duty", _("duty by law")  # item 3
    EMERGENCY = "emergency", _("danger to life or health")  # item 4
    CONSENT = "consent", _("consent of the person")  # item 1


LAWS: Final[dict[str, Law]] = {
    Basis.OWN: Law.SERVICE,
    Basis.ENCOUNTER: Law.SERVICE,
    Basis.EXAM: Law.SERVICE,
    Basis.REFERRAL: Law.SERVICE,
    Basis.PLAN: Law.SERVICE,
    Basis.CONSULTATION: Law.SERVICE,
    Basis.CONTRACT: Law.SERVICE,
    Basis.PUBLIC_HEALTH: Law.DUTY,
    Basis.CONSENT: Law.CONSENT,
    Basis.REVIEW: Law.DUTY,
    Basis.BREAK_GLASS: Law.EMERGENCY,
    Basis.SYSTEM: Law.DUTY,
}
"""Recorded with every opening."""


class Purpose(TextChoices):
    TREATMENT = "treatment", _("treatment")
    QUALITY = "quality", _("quality control")
    REVIEW = "review", _("break-glass review")
    SETTLEMENT = "settlement", _("settlement")
    RESEARCH = "research", _("research")
    COPY = "copy", _("copy for the person")


class RuleSystem(TextChoices):
    """What a rule of the label table looks at."""

    ICD10 = "icd10", _("ICD-10 code begins with")
    CODE = "code", _("exam or laboratory code")
    WORD = "word", _("name of a drug or exam contains")


class Sensitive(TextChoices):
    """Why a label is the highest (GB/T 39725 level 5)."""

    HIV = "hiv", _("HIV and AIDS")
    STI = "sti", _("sexually transmitted infection")
    PSYCHIATRY = "psychiatry", _("psychiatry")
    OTHER = "other", _("other specially protected")


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
REMIND_BEFORE: Final = timedelta(hours=24)
"""So long before a review is due 医务科 is reminded."""
REVIEW_READS: Final = timedelta(hours=2)
"""How long a judge may read the record she judges about, each time she asks."""
