"""The theme: as the system has it, light or dark."""
