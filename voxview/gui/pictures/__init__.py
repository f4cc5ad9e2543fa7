"""Chairs from pictures: the dialog with the crop, and the import of several at once."""
