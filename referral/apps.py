"""Wiring of referral: two-way referral."""

from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "referral"
    label = "referral"
