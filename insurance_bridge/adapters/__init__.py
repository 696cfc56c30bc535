"""The line to the outside: one module per payer, called outside every transaction."""
