"""The DICOM door: what stands behind the receiver's protocol engine."""
