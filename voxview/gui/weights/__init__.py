"""The choice of weights."""
