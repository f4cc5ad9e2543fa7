"""The page of the 64 numbers: A's, the blend's and B's latent, number by number."""
