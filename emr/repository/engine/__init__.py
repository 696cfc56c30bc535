"""Pure computing of the repository: strict JSON, dates, search values, validation, bundles. No Django."""
