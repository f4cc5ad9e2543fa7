"""Clouds of points: thinning, and leaving out what is no part of the chair."""
