"""The database engine of the house: Django's own for PostgreSQL, and statements that wait for the next trip."""
