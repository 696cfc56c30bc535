"""Pure computing about names of drugs."""
