"""Training the autoencoder: data, losses, the loop, several processes, and the files of a run."""
