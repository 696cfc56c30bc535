"""Writes of prescriptions."""

from emr.prescriptions.services.countersigning import countersign, refuse
from emr.prescriptions.services.printing import print_sheet
from emr.prescriptions.services.signing import Warned, sign
from emr.prescriptions.services.voiding import void

__all__ = ["Warned", "countersign", "print_sheet", "refuse", "sign", "void"]
