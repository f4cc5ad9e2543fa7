"""Chairs as data: grids, catalogs, file formats, voxelization, and the generator of sample chairs."""
