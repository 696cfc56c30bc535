"""Pure computing of terminology."""
