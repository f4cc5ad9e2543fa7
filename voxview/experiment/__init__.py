"""The study's tables and figure, run again so that one can believe them."""
