"""Chairs as data: grids, catalogs, readers and writers, voxelising, procedural samples."""
