"""Pure computing of the ECG room: carts' formats, one record, measurement, triage. No Django."""
