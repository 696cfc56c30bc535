"""The room's wiring."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiagnosticsConfig(AppConfig):
    """What imaging and ecg share: exam items, requests, reading, reports, critical values."""

    name = "diagnostics"
    verbose_name = _("diagnostics")

    def ready(self) -> None:
        from diagnostics.choices import PAPER  # lazy: models are ready only now
        from diagnostics.selectors.papers import standing  # lazy: models are ready only now
        from kernel import papers  # lazy: models are ready only now

        papers.paper_kind(PAPER, standing)
