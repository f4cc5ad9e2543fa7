"""The study's Figure 5 and the batch axis as charts."""
