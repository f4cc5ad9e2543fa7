"""Session files, the last state, and what comes back at the start."""
