"""Prescriptions (处方): written in a visit, signed, printed, void with a reason."""
