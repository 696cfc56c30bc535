"""Pure DICOM: bytes in, values out. No Django, no database."""
