"""The house's own way to PostgreSQL: prepared statements, writes that wait for their COMMIT, users kept apart."""
