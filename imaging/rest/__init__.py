"""DICOMweb (PS3.18): plain views on raw SQL and bytes."""
