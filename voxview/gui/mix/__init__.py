"""The page of mixes: corners, weights, arithmetic, attributes."""
