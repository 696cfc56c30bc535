"""The register of personal information (8.1.4.11): every field that holds some, what for, how long, how kept.

Each app says its own in `<app>/privacy.py`: PERSONAL names the fields, PLAIN the free fields that hold nothing
about a person. A test demands that every free field of every table stands in one of the two.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, TypeAlias

from django.apps import AppConfig, apps
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Category(TextChoices):
    """The six classes of health data (GB/T 39725-2020)."""

    ATTRIBUTES = "attributes", _("personal attributes")  # 个人属性数据
    HEALTH = "health", _("health status")  # 健康状况数据
    CARE = "care", _("medical application")  # 医疗应用数据
    PAYMENT = "payment", _("medical payment")  # 医疗支付数据
    RESOURCES = "resources", _("health resources")  # 卫生资源数据
    PUBLIC_HEALTH = "public_health", _("public health")  # 公共卫生数据


class Purpose(TextChoices):
    """What the field is there for. A field without a purpose is not collected."""

    IDENTIFY = "identify", _("to know who it is")
    REACH = "reach", _("to reach the person")
    TREAT = "treat", _("to treat")
    SETTLE = "settle", _("to settle with the funds")
    SIGN_IN = "sign_in", _("to let staff in")
    ACCOUNT = "account", _("to account for who did what")
    MATCH = "match", _("to match what a device sent")


class Retention(TextChoices):
    """The legal minimum, or the moment from which there is no reason to keep it."""

    # 医疗机构管理条例实施细则 art. 53
    RECORD = "record", _("outpatient record 15 years, inpatient record 30 years")
    # 网络安全法 art. 21; 等保 8.1.5.4: online at least this long
    AUDIT = "audit", _("at least 180 days online, then archived")
    # 会计档案管理办法: vouchers and ledgers
    VOUCHER = "voucher", _("30 years")
    # 个人信息保护法 art. 19: no longer than needed
    EMPLOYED = "employed", _("while employed, then with the audit trail")
    SHORT = "short", _("until used or superseded")


class Kept(TextChoices):
    """How the value stands in the database."""

    SEALED = "sealed", _("sealed (SM4-GCM)")
    KEYED = "keyed", _("keyed digest (HMAC-SM3)")
    HASHED = "hashed", _("hashed")
    PLAIN = "plain", _("readable to the database")
    BY_LABEL = "by_label", _("sealed from level 4")


@dataclass(frozen=True, slots=True)
class Held:
    """Fields of one table that are held alike. `label` is the level of GB/T 39725 (1-5)."""

    fields: str
    label: int
    category: Category
    purpose: Purpose
    retention: Retention
    kept: Kept = Kept.PLAIN


Personal: TypeAlias = Mapping[str, tuple[Held, ...]]
Plain: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register."""

    table: str
    field: str
    held: Held


ROW_MAC: Final = "row_mac"
"""kernel.guarded's own column."""
FREE: Final = (models.CharField, models.TextField, models.BinaryField, models.JSONField, ArrayField)
"""Kinds of field that can hold anything; a choice, a number, an id or a moment cannot name a person."""


def registers() -> Iterator[tuple[AppConfig, Personal, Plain]]:
    """What each app declares, in the order of INSTALLED_APPS."""
    for config in apps.get_app_configs():
        if (Path(config.path) / "privacy.py").exists():
            room = import_module(f"{config.name}.privacy")
            yield config, room.PERSONAL, room.PLAIN


def entries() -> list[Entry]:
    """The whole register, a line each field."""
    return [
        Entry(f"{config.label}.{table}", field, held)
        for config, personal, _plain in registers()
        for table, lines in personal.items()
        for held in lines
        for field in held.fields.split()
    ]


def free_fields(config: AppConfig) -> set[tuple[str, str]]:
    """(table, field) of every field of the app that could hold something about a person."""
    return {
        (model.__name__, field.name)
        for model in config.get_models()
        for field in model._meta.concrete_fields
        if _is_free(field)
    }


def _is_free(field: "models.Field[object, object]") -> bool:
    dated = isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField)
    if field.name == ROW_MAC:
        return False
    return (isinstance(field, FREE) and not field.choices) or dated or isinstance(field, DateRangeField)


PERSONAL: Final[Personal] = {
    "AuditEntry": (
        Held(
            "actor_name address session purpose detail subject_id roles subject_kind actor_kind action",
            2,
            Category.ATTRIBUTES,
            Purpose.ACCOUNT,
            Retention.AUDIT,
        ),
    ),
    "Alarm": (
        Held(
            "actor_kind actor_name address subject_kind subject_id detail finding",
            2,
            Category.ATTRIBUTES,
            Purpose.ACCOUNT,
            Retention.AUDIT,
        ),
    ),
    "AuditReport": (Held("body week_date", 2, Category.ATTRIBUTES, Purpose.ACCOUNT, Retention.AUDIT),),
    "IdempotencyKey": (Held("actor", 2, Category.ATTRIBUTES, Purpose.ACCOUNT, Retention.SHORT),),
    "StoredFile": (Held("name stored_by", 2, Category.CARE, Purpose.TREAT, Retention.RECORD),),
}
PLAIN: Final[Plain] = {
    "AuditLane": "mac",
    "AuditEntry": "outcome previous mac",
    "Alarm": "code key verdict",
    "AlarmRule": "code",
    "AuditCheck": "findings",
    "AuditClosing": "body month signature",
    "OutboxEvent": "topic stream payload xid",
    "OutboxDelivery": "handler stream last_error",
    "IdempotencyKey": "verb key",
    "StoredFile": "content_type sha256",
    "PaperSeal": "token kind digest algorithm key_id value provider ca_state ca_answer",
}
