"""The machine below the house: data folder, embedded services, supervisor. Loaded before Django's settings."""
