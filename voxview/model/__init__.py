"""The autoencoder: two architectures, their weights, test-time refinement, and the metrics of its output."""
