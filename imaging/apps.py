"""The room's wiring."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImagingConfig(AppConfig):
    """Images of the county: received, kept, assigned, shown, read."""

    name = "imaging"
    verbose_name = _("imaging")

    def ready(self) -> None:
        from imaging import handlers  # noqa: F401  lazy: subscribes once models are ready
