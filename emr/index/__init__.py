"""Persons and their hospital records."""
