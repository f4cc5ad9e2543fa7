"""Scores of blends: of one path, of all pairs of a set, on either device."""
