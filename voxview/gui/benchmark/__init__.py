"""The page of the benchmark."""
