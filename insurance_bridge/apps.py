"""Wiring of insurance_bridge: fee lines, settlement and reconciliation."""

from django.apps import AppConfig


class InsuranceBridgeConfig(AppConfig):
    name = "insurance_bridge"
    label = "insurance_bridge"
