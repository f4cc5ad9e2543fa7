"""Undo, redo, and the list of steps."""
