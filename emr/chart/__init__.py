"""The patient's chart: what a doctor reads and writes."""
