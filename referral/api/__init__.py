"""Workflow API of referral: `shapes` go in and out, `events` come from the machine's table, `doors` hand on."""
