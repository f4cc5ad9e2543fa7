"""Exports: what is written of blends, mixes and chairs, and how."""
