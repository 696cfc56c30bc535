"""Rows for tests: one module per app, plain functions."""
