"""Catalogs: ordered collections of chairs, from ShapeNet, from any folder, or from the generator."""
