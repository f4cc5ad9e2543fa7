"""The page of all pairs of a set."""
