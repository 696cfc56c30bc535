"""The FHIR R4 repository: the clinical truth between organisations, byte for byte as it is served."""
