"""How good points encoders are: on virtual scans of held-out chairs."""
