"""Training from the window: a run in a process of its own, seen while it goes on."""
