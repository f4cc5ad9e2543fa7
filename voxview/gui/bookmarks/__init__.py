"""Places that a person marked, to come back to them."""
