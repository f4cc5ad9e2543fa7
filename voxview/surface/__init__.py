"""Surface extraction, export of surfaces and grids to files, and software rendering."""
