"""Pictures of chairs: reading, cropping, leaving the background out, and what the network sees."""
