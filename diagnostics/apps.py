"""The room's wiring."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiagnosticsConfig(AppConfig):
    """What imaging and ecg share: exam items, requests, reading, reports, critical values."""

    name = "diagnostics"
    verbose_name = _("diagnostics")
