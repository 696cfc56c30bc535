"""FHIR R4 over HTTP: plain views on stored bytes, no ORM object, no serializer."""
