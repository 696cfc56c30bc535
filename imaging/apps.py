"""Wiring of imaging: studies and their reading."""

from django.apps import AppConfig


class ImagingConfig(AppConfig):
    name = "imaging"
    label = "imaging"
