"""Activity: what runs and waits, what was said, and reports of crashes."""
