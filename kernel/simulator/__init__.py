"""Stand-ins of other houses' services, each a process of its own, for the demo and the tests."""
