"""The list of chairs at the left."""
