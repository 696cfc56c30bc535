"""The wiring as an app: it brings the commands, the Celery application and every app's handlers into a process."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from config import release


class Config(AppConfig):
    name = "config"
    label = "config"

    def ready(self) -> None:
        release.demand()
        import_module("config.celery")
        autodiscover_modules("handlers")
