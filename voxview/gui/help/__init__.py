"""Shortcuts and diagnostics."""
