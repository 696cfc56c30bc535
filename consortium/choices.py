"""Kinds of organisation, licences, titles, the one list of roles."""

from datetime import timedelta
from typing import Final

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrganisationKind(TextChoices):
    COUNTY_BUREAU = "county_bureau", _("county health bureau")  # 县卫生健康局
    CONSORTIUM_OFFICE = "consortium_office", _("consortium office")  # 医共体办公室
    HEAD_HOSPITAL = "head_hospital", _("head hospital")  # 总院
    BRANCH = "branch", _("branch")  # 分院: 乡镇卫生院
    VILLAGE_CLINIC = "village_clinic", _("village clinic")  # 村卫生室
    OUTSIDE = "outside", _("hospital outside the county")  # 县外医院: no member here


CLOSING: Final = "organisation.close"
"""The kind of change by which an institution closes."""
STAYING: Final = "organisation.keep_open"
"""The kind of change by which an announced closing is taken back before its day."""
CLOSABLE: Final = frozenset(
    {OrganisationKind.BRANCH, OrganisationKind.VILLAGE_CLINIC, OrganisationKind.OUTSIDE}
)
"""The head hospital, offices and the bureau are what a consortium stands on."""


class IdentifierSystem(TextChoices):
    USCC = "uscc", _("unified social credit code")  # 统一社会信用代码 GB 32100
    INSTITUTION = "institution", _("medical institution code")  # 22-digit 医疗机构代码 WS 218
    INSURANCE = "insurance", _("insurance institution code")  # 医保定点机构编码, 12 characters


class Licence(TextChoices):
    NONE = "none", _("no medical licence")
    VILLAGE_DOCTOR = "village_doctor", _("village doctor")  # 乡村医生
    ASSISTANT = "assistant_physician", _("assistant physician")  # 执业助理医师
    PHYSICIAN = "physician", _("physician")  # 执业医师
    NURSE = "nurse", _("nurse")  # 护士
    TECHNICIAN = "technician", _("technician")  # 技师


class Title(TextChoices):
    NONE = "none", _("no title")
    RESIDENT = "resident", _("resident")  # 住院医师
    ATTENDING = "attending", _("attending")  # 主治医师
    ASSOCIATE_CHIEF = "associate_chief", _("associate chief")  # 副主任医师
    CHIEF = "chief", _("chief")  # 主任医师


REVIEWING_TITLES: Final = frozenset({Title.ATTENDING, Title.ASSOCIATE_CHIEF, Title.CHIEF})
"""主治 and above may review a report."""


class Role(TextChoices):
    """What a post is for. A person may hold several posts; the post she acts in decides her rights."""

    BRANCH_DOCTOR = "branch_doctor", _("branch doctor")  # 分院医生: records, orders, refers up, receives down
    BRANCH_REVIEWER = "branch_reviewer", _("branch reviewer")  # 分院审核: second signature, voids wrong forms
    COORDINATOR = "coordinator", _("referral coordinator")  # 转诊专员: answers the branch
    SPECIALIST = "specialist", _("specialist")  # 专科医生/接诊医师: care at the receiving side
    READER = "reader", _("reporting doctor")  # 报告医师: writes image or ECG reports
    REVIEWING_READER = "reviewing_reader", _("reviewing doctor")  # 审核医师: 主治 or above
    TECHNOLOGIST = "technologist", _("technologist")  # 技师: makes the study or recording
    BED_DESK = "bed_desk", _("bed desk")  # 床位管理 (护士长): names the bed
    RECEPTION = "reception", _("reception")  # 预检分诊/住院处: confirms arrival
    MEDICAL_AFFAIRS = "medical_affairs", _("medical affairs")  # 医务科: reviews break-glass
    INSURANCE_CLERK = "insurance_clerk", _("insurance clerk")  # 医保办: reconciles
    CASHIER = "cashier", _("cashier")  # 收费员: settles, closes her shift
    WELFARE_OFFICER = "welfare_officer", _("welfare officer")  # 救助经办人员
    STATISTICIAN = "statistician", _("statistician")  # 统计员
    LEADER = "leader", _("county leader")  # 县域领导: figures, never a name
    SYSTEM_MANAGER = "system_manager", _("system manager")  # 系统管理员: accounts and running
    SECURITY_MANAGER = "security_manager", _("security manager")  # 安全管理员: posts, roles, labels
    AUDIT_MANAGER = "audit_manager", _("audit manager")  # 审计管理员: the audit chain


API_CLIENT: Final = "api_client"
"""Role of every API client, beside its scopes (`system/*.read` …)."""
APPLICATION_ENTITY: Final = "application_entity"
"""Role of a DICOM AE."""
AE_TITLE: Final = r"^(?=.{1,16}$)[!-\[\]-`{-~]+( +[!-\[\]-`{-~]+)*$"
"""An AE title (DICOM PS3.5, AE): 1 to 16 printable characters of the default repertoire, no backslash; kept in
capitals, without the blanks at the ends, which mean nothing."""

MANAGERS: Final = frozenset({Role.SYSTEM_MANAGER, Role.SECURITY_MANAGER, Role.AUDIT_MANAGER})
"""三员: exclude each other and see no clinical data."""

TREATING: Final = (Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER, Role.SPECIALIST)
"""Posts that treat: they write records and order exams."""


CLEARANCE: Final[dict[str, int]] = {
    Role.BRANCH_DOCTOR: 4,
    Role.BRANCH_REVIEWER: 4,
    Role.COORDINATOR: 4,
    Role.SPECIALIST: 4,
    Role.READER: 4,
    Role.REVIEWING_READER: 4,
    Role.TECHNOLOGIST: 4,
    Role.BED_DESK: 4,
    Role.RECEPTION: 4,
    Role.MEDICAL_AFFAIRS: 4,
    Role.INSURANCE_CLERK: 4,
    Role.CASHIER: 4,
    Role.WELFARE_OFFICER: 4,
    Role.STATISTICIAN: 2,
    Role.LEADER: 1,
    Role.SYSTEM_MANAGER: 1,
    Role.SECURITY_MANAGER: 1,
    Role.AUDIT_MANAGER: 1,
}
"""The highest label a post reads unless it is given with another one. 5 (HIV, STI, psychiatry) is never the default."""

WORKING_SIDE: Final = "work"
"""The side every post that is no manager's stands on: one person stands on one side only (三员分立)."""


class Specialty(TextChoices):
    """What a department is for. `imaging` and `ecg` make it a reading centre: its readers see that work alone."""

    EMERGENCY = "emergency", pgettext_lazy("specialty", "emergency medicine")  # 急诊
    ICU = "icu", pgettext_lazy("specialty", "intensive care")  # 重症
    CARDIOLOGY = "cardiology", pgettext_lazy("specialty", "cardiology")  # 心血管
    NEUROLOGY = "neurology", pgettext_lazy("specialty", "neurology")  # 神经内科
    RESPIRATORY = "respiratory", pgettext_lazy("specialty", "respiratory medicine")  # 呼吸
    GASTROENTEROLOGY = "gastroenterology", pgettext_lazy("specialty", "gastroenterology")  # 消化
    ENDOCRINOLOGY = "endocrinology", pgettext_lazy("specialty", "endocrinology")  # 内分泌
    NEPHROLOGY = "nephrology", pgettext_lazy("specialty", "nephrology")  # 肾病
    INFECTIOUS = "infectious", pgettext_lazy("specialty", "infectious diseases")  # 感染
    PSYCHIATRY = "psychiatry", pgettext_lazy("specialty", "psychiatry")  # 精神心理
    ONCOLOGY = "oncology", pgettext_lazy("specialty", "oncology")  # 肿瘤
    GENERAL = "general", pgettext_lazy("specialty", "general practice")  # 全科
    SURGERY = "surgery", pgettext_lazy("specialty", "surgery")  # 外科
    ORTHOPAEDICS = "orthopaedics", pgettext_lazy("specialty", "orthopaedics")  # 骨科
    OBSTETRICS = "obstetrics", pgettext_lazy("specialty", "obstetrics and gynaecology")  # 妇产科
    PAEDIATRICS = "paediatrics", pgettext_lazy("specialty", "paediatrics")  # 儿科
    OPHTHALMOLOGY = "ophthalmology", pgettext_lazy("specialty", "ophthalmology")  # 眼科
    ENT = "ent", pgettext_lazy("specialty", "ear, nose and throat")  # 耳鼻喉
    DENTISTRY = "dentistry", pgettext_lazy("specialty", "dentistry")  # 口腔
    DERMATOLOGY = "dermatology", pgettext_lazy("specialty", "dermatology")  # 皮肤
    TCM = "tcm", pgettext_lazy("specialty", "Chinese medicine")  # 中医
    REHABILITATION = "rehabilitation", pgettext_lazy("specialty", "rehabilitation")  # 康复
    IMAGING = "imaging", pgettext_lazy("specialty", "imaging centre")  # 影像
    ECG = "ecg", pgettext_lazy("specialty", "ECG centre")  # 心电
    LABORATORY = "laboratory", pgettext_lazy("specialty", "laboratory")  # 检验
    PATHOLOGY = "pathology", pgettext_lazy("specialty", "pathology")  # 病理
    PHARMACY = "pharmacy", pgettext_lazy("specialty", "pharmacy")  # 药学
    REFERRAL = "referral", pgettext_lazy("specialty", "referral centre")  # 转诊
    ADMISSIONS = "admissions", pgettext_lazy("specialty", "admissions")  # 住院处
    MEDICAL_AFFAIRS = "medical_affairs", pgettext_lazy("specialty", "medical affairs")  # 医务
    INSURANCE = "insurance", pgettext_lazy("specialty", "insurance")  # 医保
    INFORMATION = "information", pgettext_lazy("specialty", "information")  # 信息
    WELFARE = "welfare", pgettext_lazy("specialty", "welfare")  # 救助
    PLANNING = "planning", pgettext_lazy("specialty", "planning")  # 规划
    STATISTICS = "statistics", pgettext_lazy("specialty", "statistics")  # 统计


class BedKind(TextChoices):
    """What a bed is as a place; whether it is free is capacity's question."""

    GENERAL = "general", _("ward bed")
    INTENSIVE = "intensive", _("intensive care bed")
    OBSERVATION = "observation", _("observation bed")
    INFANT = "infant", _("infant bed")
    ISOLATION = "isolation", _("isolation bed")
    EXTRA = "extra", _("extra bed")  # 加床


class Duty(TextChoices):
    """What somebody on the roster answers for."""

    FIRST_LINE = "first_line", _("first line")  # 一线
    SECOND_LINE = "second_line", _("second line")  # 二线
    CHIEF = "chief", _("duty chief")  # 行政总值班
    REFERRAL_DESK = "referral_desk", _("referral desk")  # 转诊中心
    HELP_DESK = "help_desk", _("help desk")  # 信息科


class NoticeLevel(IntegerChoices):
    """How loudly something is said (0 the bell only … 3 stays on every page until it is answered)."""

    NOTE = 0, _("note")
    TASK = 1, _("task")
    URGENT = 2, _("urgent")
    CRITICAL = 3, _("critical")


class TextState(TextChoices):
    """Where a text message to a patient stands."""

    DUE = "due", pgettext_lazy("text message", "to be sent")
    SENT = "sent", pgettext_lazy("text message", "taken by the gateway")
    FAILED = "failed", pgettext_lazy("text message", "given up")


class Verdict(TextChoices):
    """Where a change that needs two people stands."""

    WAITING = "waiting", _("waits for the second person")
    APPROVED = "approved", pgettext_lazy("change of rights", "approved")
    REJECTED = "rejected", pgettext_lazy("change of rights", "rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("change of rights", "withdrawn")


class AlarmVerdict(TextChoices):
    """What an alarm turned out to be."""

    ATTACK = "attack", _("an attack or misuse")
    MISTAKE = "mistake", _("a mistake, talked over")
    FAULT = "fault", _("a technical fault, mended")
    ORDINARY = "ordinary", _("ordinary work")


class Ending(TextChoices):
    """Why a session ended."""

    SIGNED_OUT = "signed_out", _("signed out")
    ENDED_BY_OWNER = "ended_by_owner", _("ended from another session")
    PASSWORD_CHANGED = "password_changed", _("password changed")
    ACCOUNT_CLOSED = "account_closed", _("account closed")
    FACTOR_RESET = "factor_reset", _("second factor reset")
    REPLACED = "replaced", _("signed in again")
    TOO_MANY = "too_many", _("signed in on more devices than allowed")
    ENDED_BY_MANAGER = "ended_by_manager", _("ended by the security manager")
    POST_ENDED = "post_ended", _("the post has ended")


class Factor(TextChoices):
    """What was shown beside the password, or instead of it."""

    AUTHENTICATOR = "authenticator", _("authenticator")
    RECOVERY_CODE = "recovery_code", _("recovery code")
    PASSKEY = "passkey", _("passkey")  # 通行密钥: two factors by itself
    CERTIFICATE = "certificate", _("USB key certificate")  # SM2 certificate seen by the gateway
    DEVICE = "device", _("known device")  # a second factor was shown on this device less than LONGEST ago


class UnlockReason(TextChoices):
    """Why a lock is taken off before its time."""

    MISTYPED = "mistyped", _("typed wrong, known in person")
    FORGOTTEN = "forgotten", _("password forgotten, a one-time password follows")
    SOMEBODY_ELSE = "somebody_else", _("somebody else tried the account")
    SHARED_ADDRESS = "shared_address", _("many people behind one address")


IDLE: Final = timedelta(minutes=15)
"""After so long without a request a session is locked and reopens with the password."""
LONGEST: Final = timedelta(hours=12)
"""After so long a session is over and both factors are asked again."""
MAX_FAILURES: Final = 5
"""Failed sign-ins of one account name before it is locked."""
LOCK: Final = timedelta(minutes=30)
"""How long an account name or an address stays locked, and how long failures are remembered."""
MAX_SESSIONS: Final = 3
"""Sessions of one person that may stand at once; a further sign-in ends the oldest (setting `MAX_SESSIONS`)."""
PASSWORD_LASTS: Final = timedelta(days=90)
"""After so long a password must be changed before anything else."""
PASSWORD_WARNS: Final = timedelta(days=7)
"""So long before, each sign-in says so."""
