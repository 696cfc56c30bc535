"""Pure computing of the access room."""
