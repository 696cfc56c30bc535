"""What the actions of the audit record are called: each app names its own in its `deeds.py`.

An action without a name shows its code; a test asks for a name of every action the house records.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

from django.apps import apps
from django.utils.translation import pgettext_lazy

from kernel.errors import Text

DEEDS: Final[Mapping[str, Text]] = {
    "access.out_of_reach": pgettext_lazy("audit action", "asked for what is not there or not open"),
    "access.refused": pgettext_lazy("audit action", "refused: the post does not allow it"),
    "access.too_many": pgettext_lazy("audit action", "too many requests"),
    "audit.month_closed": pgettext_lazy("audit action", "audit month taken offline"),
    "backup.made": pgettext_lazy("audit action", "backup made"),
    "backup.restored": pgettext_lazy("audit action", "backup restored"),
    "export.made": pgettext_lazy("audit action", "data taken out"),
    "file.damaged": pgettext_lazy("audit action", "damaged file met"),
    "keys.resealed": pgettext_lazy("audit action", "data sealed with the new key"),
    "keys.retired": pgettext_lazy("audit action", "old key retired"),
    "keys.rewrapped": pgettext_lazy("audit action", "file of keys wrapped anew"),
    "keys.rotated": pgettext_lazy("audit action", "key changed"),
    "keys.signing_replaced": pgettext_lazy("audit action", "signing key replaced"),
    "keys.used": pgettext_lazy("audit action", "key used"),
    "page.shown": pgettext_lazy("audit action", "page shown"),
    "paper.countersigned": pgettext_lazy("audit action", "paper countersigned by the licensed CA"),
    "row.damaged": pgettext_lazy("audit action", "altered row met"),
}
"""The kernel's own."""

ROOMS: Final[Mapping[str, Text]] = {
    "access": pgettext_lazy("audit room", "access to records"),
    "audit": pgettext_lazy("audit room", "the audit chain"),
    "backup": pgettext_lazy("audit room", "backups"),
    "capacity": pgettext_lazy("audit room", "beds and slots"),
    "consent": pgettext_lazy("audit room", "consent and persons' requests"),
    "consortium": pgettext_lazy("audit room", "accounts, posts and notices"),
    "contract": pgettext_lazy("audit room", "family-doctor contracts"),
    "critical": pgettext_lazy("audit room", "critical values"),
    "demo": pgettext_lazy("audit room", "demonstration data"),
    "diagnostics": pgettext_lazy("audit room", "exams and reports"),
    "ecg": pgettext_lazy("audit room", "ECG"),
    "emr": pgettext_lazy("audit room", "patients, encounters and beds"),
    "exam": pgettext_lazy("audit room", "exams and reports"),
    "export": pgettext_lazy("audit room", "data taken out"),
    "file": pgettext_lazy("audit room", "stored files"),
    "imaging": pgettext_lazy("audit room", "images"),
    "index": pgettext_lazy("audit room", "the patient index"),
    "insurance": pgettext_lazy("audit room", "insurance and cashier"),
    "insurance_bridge": pgettext_lazy("audit room", "insurance and cashier"),
    "kernel": pgettext_lazy("audit room", "the ground of the platform"),
    "keys": pgettext_lazy("audit room", "keys"),
    "operations": pgettext_lazy("audit room", "the running"),
    "page": pgettext_lazy("audit room", "pages shown"),
    "paper": pgettext_lazy("audit room", "signed papers"),
    "referral": pgettext_lazy("audit room", "referrals"),
    "repository": pgettext_lazy("audit room", "the FHIR repository"),
    "request": pgettext_lazy("audit room", "requests of persons"),
    "row": pgettext_lazy("audit room", "guarded rows"),
    "setup": pgettext_lazy("audit room", "the first set-up"),
    "watch": pgettext_lazy("audit room", "the watch for alarms"),
}
"""What the first word of an action stands for."""


@cache
def named() -> Mapping[str, Text]:
    """Every action with its name, floor first."""
    found: dict[str, Text] = {}
    for config in apps.get_app_configs():
        if (Path(config.path) / "deeds.py").exists():
            found |= import_module(f"{config.name}.deeds").DEEDS
    return found


def name(action: str) -> Text:
    """What the action is called; its code where no room named it."""
    return named().get(action, action)


def room(prefix: str) -> Text:
    """What the actions with this first word are about."""
    return ROOMS.get(prefix, prefix)


def called(words: str) -> list[str]:
    """The actions whose name, in the reader's language, holds these words."""
    wanted = words.strip().casefold()
    return sorted(code for code, told in named().items() if wanted in str(told).casefold())
