"""Wiring of portal: home, search and what waits for me."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"
