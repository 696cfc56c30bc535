"""The room's wiring."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EcgConfig(AppConfig):
    """The remote ECG network (区域心电)."""

    name = "ecg"
    verbose_name = _("ECG")
