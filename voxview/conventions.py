"""Constants that several rooms share. Free of NumPy, because the bare window reads some of them."""

from __future__ import annotations

RESOLUTION = 32
"""Voxels along each edge of a grid."""

SURFACE_RESOLUTIONS = (RESOLUTION, 64, 96)
"""Samples along each edge of the cube that a surface may be extracted from: the voxels, or interpolated."""

MOVING_SURFACE_RESOLUTION = 64
"""The finest surface while the slider moves: it takes 11 ms of one core, one of 96³ samples 25 ms."""

LEVEL = 0.5
"""Probability of occupancy above which a voxel is occupied, and at which the surface lies."""

ONE_PIECE = 0.99
"""Share of the occupied voxels in one 26-connected component from which on a grid is in one piece."""

SMALL_COMPONENT_SHARE = 0.01
"""Share of the occupied voxels below which a 26-connected component is small: of a chair with 3,000
voxels, one of fewer than 30."""

STANDING_LAYERS = 3
"""Layers from the floor up of which one has to be occupied for a grid to stand: y < 3 on the cube's floor."""

LATENT_SHAPE = (8, 8)
"""The latent of one chair: 2×2×2×8 (depth, height, width, channel) reshaped to 8×8 in C order."""

LATENT_SIZE = 64
"""The number of entries of a latent."""

LATENT_BYTES = 4 * LATENT_SIZE
"""Bytes of one latent in float32."""

MAX_MIX_CHAIRS = 8
"""Chairs in one mix: of more, each is too small a part of the sum to be seen in it."""

MAX_MIX_LATENTS = MAX_MIX_CHAIRS + 1
"""Latents in one weighted sum: eight chairs, and a step along an attribute's direction."""

CHAIR_SYNSET = "03001627"
"""WordNet's synset of chairs, which is the name of ShapeNet's folder of them."""

UNFAMILIAR = 1.0
"""Unfamiliarity of a picture above which there is a warning: 1 % of held-out rendered ones are above it."""
