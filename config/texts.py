"""Settings of text messages to patients: the county's gateway, where there is one."""

from config import env

__all__ = ["SMS_ADAPTER", "SMS_SECRET", "SMS_SIGN", "SMS_TIMEOUT", "SMS_URL"]

SMS_URL = env.text("SMS_URL")
"""Where the gateway takes messages; without it none are sent, in the demonstration they are shown."""
SMS_SECRET = env.text("SMS_SECRET")
SMS_SIGN = env.text("SMS_SIGN")
"""The signature the gateway puts before the words (【…】), where it wants to be told."""
SMS_TIMEOUT = env.number("SMS_TIMEOUT", 8)
SMS_ADAPTER = env.text("SMS_ADAPTER")
"""Class of another gateway's adapter (`consortium.gateways`)."""
