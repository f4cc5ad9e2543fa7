"""Pictures of chairs: reading, cropping, leaving the background out, what the picture encoder is shown."""
