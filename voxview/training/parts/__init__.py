"""Training the network that labels the parts of chairs."""
