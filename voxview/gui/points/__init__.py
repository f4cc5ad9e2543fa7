"""Chairs from clouds of points: the dialog with cloud and chair, and the import of several at once."""
