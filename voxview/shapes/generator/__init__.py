"""The generator behind the sample chairs: a recipe of measurements becomes solids, and solids a grid."""
