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
        from consortium.services.identity import certificates  # lazy: names its kind of change
        from consortium.services.machines import asking  # noqa: F401  lazy: names its change
        from consortium.services.people import granting  # noqa: F401  lazy: names its change
        from consortium.services.rights import narrowings  # noqa: F401  lazy: names its change

        certificates.binding()
