"""The page of networks: every layer with its arithmetic, a what-if calculator, and what layers see."""
