"""The pair and its blend: the 3D view, the slider below it, playing."""
