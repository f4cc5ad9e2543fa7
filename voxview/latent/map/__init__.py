"""A catalog in two dimensions: PCA, t-SNE, and the latent at a position between the points."""
