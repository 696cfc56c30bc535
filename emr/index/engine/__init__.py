"""Pure computing of the index: identity numbers, names."""
