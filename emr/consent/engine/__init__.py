"""Pure computing of the consent room."""
