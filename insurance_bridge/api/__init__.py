"""Workflow API of the insurance desk: `shapes` go in and out, `doors` hand on. Amounts are integer cents."""
