"""An evaluation as text, JSON and a page with pictures."""
