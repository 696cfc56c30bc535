"""Who may open a record: grounds, restrictions, openings."""
