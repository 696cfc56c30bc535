"""What a prescription is, without a database."""
