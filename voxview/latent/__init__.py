"""Blending latents: one interface, three backends, all pairs."""
