"""The autoencoder: its two architectures, weights, training and evaluation."""
