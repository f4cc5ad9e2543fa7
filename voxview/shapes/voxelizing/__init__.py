"""Voxelization of triangle meshes."""
