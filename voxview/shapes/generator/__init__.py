"""The procedural generator of chairs: a recipe of measurements → solids → a grid."""
