"""Readers of shape files, and atomic writers."""
