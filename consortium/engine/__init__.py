"""Pure computing of consortium: codes and password rules. No Django."""
