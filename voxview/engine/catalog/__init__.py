"""A whole catalog in memory: grids and latents, kept on disk between starts."""
