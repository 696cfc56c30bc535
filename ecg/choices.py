"""Queues of the ECG worklist and the words of alerts, flags and measurements."""

from typing import Final

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Queue(IntegerChoices):
    """How soon somebody must look."""

    NORMAL = 0, _("normal")  # 普通
    YELLOW = 1, _("to look at soon")  # 黄
    RED = 2, _("critical warning")  # 红


class Format(TextChoices):
    DICOM = "dicom", "DICOM"
    SCP = "scp", "SCP-ECG"
    AECG = "aecg", "HL7 aECG"
    MUSE = "muse", "GE MUSE XML"
    SIERRA = "sierra", "Philips Sierra XML"
    CONTEC = "contec", "Contec ECG"


ALERTS: Final = {
    "BRADY": _("Ventricular rate %(value)d /min (limit %(limit)d)"),
    "PAUSE": _("Pause of %(value)d ms (limit %(limit)d ms)"),
    "SVT": _("Narrow tachycardia %(value)d /min (limit %(limit)d)"),
    "VT": _("Wide QRS tachycardia %(value)d /min (limit %(limit)d)"),
    "AF_RATE": _("Fast irregular rhythm without P waves, %(value)d /min (limit %(limit)d)"),
    "PREEXCITED_AF": _("Irregular wide tachycardia, shortest RR %(value)d ms (limit %(limit)d ms)"),
    "LONG_QT": _("QTc %(value)d ms (limit %(limit)d ms)"),
    "ACUTE_MI": _("ST elevation of %(value)d µV in neighbouring leads (limit %(limit)d µV)"),
    "NO_BEATS": _("No heartbeats found: a person must look"),
    "AF": _("Irregular rhythm without P waves"),
    "FAST": _("Rate %(value)d /min"),
    "SLOW": _("Rate %(value)d /min"),
    "WIDE_QRS": _("QRS %(value)d ms"),
    "LONG_PR": _("PR %(value)d ms"),
    "SIGNAL": _("Signal to be checked"),
}
FLAGS: Final = {
    "absent": _("lead missing"),
    "lead_off": _("electrode off"),
    "gaps": _("gaps"),
    "clipped": _("clipped"),
    "noisy": _("noisy"),
    "einthoven": _("limb leads do not add up (II ≠ I + III)"),
    "arms_swapped": _("right and left arm may be exchanged"),
    "few_beats": _("too few beats to measure"),
    "no_median_beat": _("beats could not be averaged"),
    "mixed_beats": _("beats of several shapes"),
}
REFUSALS: Final = {
    "empty": _("This file is empty. Please export it from the cart again."),
    "not_ecg": _("This is no ECG file we know (DICOM, SCP-ECG, HL7 aECG, MUSE XML, Philips XML, Contec)."),
    "too_large": _("This file is too large for an ECG: at most 20 MB."),
    "damaged": _("This ECG file is incomplete or damaged. Please export it from the cart again."),
    "leads": _("This file has no usable lead, or more leads than an ECG has."),
    "rate": _("The sampling rate of this file is outside 100 to 2000 Hz."),
    "length": _("Only resting ECGs of 2 to 180 seconds are taken here."),
    "units": _("The amplitudes in this file have no usable unit."),
}
MEASUREMENTS: Final = (
    ("rate", _("Ventricular rate"), _("/min"), "heart_rate"),
    ("pr", _("PR interval"), "ms", "pr_interval"),
    ("qrs", _("QRS duration"), "ms", "qrs_duration"),
    ("qt", _("QT interval"), "ms", "qt_interval"),
    ("qtc_bazett", _("QTc (Bazett)"), "ms", "qtc_bazett"),
    ("axis", _("QRS axis"), "°", "qrs_axis"),
)
"""Ours, its words, its unit, and what carts call it."""
