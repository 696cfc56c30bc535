"""Wiring of insurance_bridge: fee lines, settlement and reconciliation."""

from django.apps import AppConfig


class InsuranceBridgeConfig(AppConfig):
    name = "insurance_bridge"

    def ready(self) -> None:
        from insurance_bridge import handlers  # noqa: F401  lazy: subscribes once models are ready
