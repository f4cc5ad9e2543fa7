"""Interpolation of latents: one interface, three backends that agree bit for bit."""
