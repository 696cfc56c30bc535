"""The floor of the house: no people, no organisation, only what two apps need."""
