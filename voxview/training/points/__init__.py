"""Point clouds to train on: virtual scans of chairs, made on the device of their grids."""
