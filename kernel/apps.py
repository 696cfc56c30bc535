"""The floor as an app."""

from django.apps import AppConfig

from kernel.crypto.provider import provider


class Kernel(AppConfig):
    name = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        provider().self_test()
