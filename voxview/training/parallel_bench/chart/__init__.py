"""Charts of parallel training."""
