"""How good a parts network is: on clouds that people have labelled, and on blends."""
