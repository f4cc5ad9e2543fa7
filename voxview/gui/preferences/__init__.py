"""The preferences: one place for what else is found in menus, and for what is in none."""
