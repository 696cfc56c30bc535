"""Every write of the ECG room."""

from ecg.services.matching import match, take_back
from ecg.services.opening import open_page, open_samples, open_unmatched
from ecg.services.receiving import receive
from ecg.services.rules import set_thresholds

__all__ = ["match", "open_page", "open_samples", "open_unmatched", "receive", "set_thresholds", "take_back"]
