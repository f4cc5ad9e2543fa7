"""From a field to a surface, and from surfaces and grids to files and pictures."""
