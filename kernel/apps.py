"""The floor as an app."""

from django.apps import AppConfig


class Kernel(AppConfig):
    name = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kernel.crypto import (
            selftest,
        )  # lazy: the cipher library is loaded once the settings stand

        selftest.run()
