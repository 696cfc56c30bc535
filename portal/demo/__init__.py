"""The demo county is loaded: every step by the verb of its app, in the post that may take it, on a moved clock."""
