"""The timed path from two grids to a surface, once for each device."""
