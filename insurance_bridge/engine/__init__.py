"""Pure computing of the insurance desk: benefits, messages, matching. No Django."""
