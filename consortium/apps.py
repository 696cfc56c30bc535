"""Wiring of consortium."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsortiumConfig(AppConfig):
    """Organisations, people and their posts, sign-in, notices."""

    name = "consortium"
    verbose_name = _("consortium")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from consortium import handlers  # noqa: F401  lazy: subscribes once models are ready
        from consortium.services import (  # noqa: F401  lazy: name their kinds of changes
            asking,
            certificates,  # lazy: as above
            granting,
            narrowings,
        )

        certificates.binding()
