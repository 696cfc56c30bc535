"""Writes of prescriptions."""

from emr.prescriptions.services.printing import print_sheet
from emr.prescriptions.services.signing import Warned, sign
from emr.prescriptions.services.voiding import void

__all__ = ["Warned", "print_sheet", "sign", "void"]
