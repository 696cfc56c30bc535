"""Wiring of referral: two-way referral (双向转诊)."""

from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "referral"

    def ready(self) -> None:
        from referral import handlers  # noqa: F401  lazy: subscribes once models are ready
