"""How the chairs are seen: exact views, layouts, the mouse, and what is drawn of them."""
