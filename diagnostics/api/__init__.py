"""Workflow API of diagnostics: `shapes` go in and out, `doors` hand on."""
